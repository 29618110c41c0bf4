from tests.gateways.loopback import provider
from tests.gateways.mail_server import mail_server
from tests.gateways.programmable import gateway

__all__ = ["gateway", "mail_server", "provider"]
