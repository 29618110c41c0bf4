from tests.gateways.programmable import gateway

__all__ = ["gateway"]
