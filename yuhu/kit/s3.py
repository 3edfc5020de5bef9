"""Files in S3-compatible storage, through django-storages. Apart, so that boto3 is loaded only where it is used."""

from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from yuhu.kit.files import asking

FAULTS = (BotoCoreError, ClientError, OSError)
# A person waits for the form meanwhile, and a thread with him or her: at most two tries of seven seconds.
CLIENT = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"total_max_attempts": 2, "mode": "standard"},
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    # Newer checksums are unknown to many stores that speak S3.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
# A photo is one piece; threads of its own would only hide who waits for whom.
TRANSFER = TransferConfig(use_threads=False)


class S3Files(S3Storage):  # type: ignore[misc] # django-storages ships no types
    """A bucket. Every talk is bounded by the client's time-outs; a bucket that fails is a refusal, not an error."""

    def get_default_settings(self) -> dict[str, Any]:
        """Private, never overwritten, never reached by a link, never waited for without end."""
        found: dict[str, Any] = super().get_default_settings()
        return found | {
            "client_config": CLIENT,
            "default_acl": None,
            "file_overwrite": False,
            "transfer_config": TRANSFER,
        }

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        with asking(*FAULTS):
            found: File[Any] = super()._open(name, mode)
            _whole = found.file  # fetched now: later the view has begun its answer
            return found

    def _save(self, name: str, content: "File[Any]") -> str:
        with asking(*FAULTS):
            return str(super()._save(name, content))

    def exists(self, name: str) -> bool:
        with asking(*FAULTS):
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        with asking(*FAULTS):
            super().delete(name)
