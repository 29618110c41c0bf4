from tests.gateways.loopback import provider
from tests.gateways.mail_server import certificate, mail_server
from tests.gateways.programmable import gateway

__all__ = ["certificate", "gateway", "mail_server", "provider"]
