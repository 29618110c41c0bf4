from tests.gateways.loopback import provider
from tests.gateways.programmable import gateway

__all__ = ["gateway", "provider"]
