"""Text messages without a gateway: a masked line in the log. The demo's outbox shows what they would say."""

import logging

from yuhu.delivery.channels.base import Message
from yuhu.kit.people import mask_phone

logger = logging.getLogger(__name__)


class ConsoleSms:
    """The default back end. The text stays out of the log: its link is the key to the reporter's page."""

    def send(self, message: Message, *, timeout: float) -> None:
        """Log to whom (masked) and how long."""
        logger.info("sms.sent", extra={"phone": mask_phone(message.to), "characters": len(message.text)})
