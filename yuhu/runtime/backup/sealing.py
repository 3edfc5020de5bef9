"""An encrypted stream that cannot be cut, re-ordered or changed without being noticed, in bounded memory.

The STREAM construction over AES-256-GCM: the plain text is cut into chunks of a mebibyte, and each is sealed under a
nonce of random prefix, chunk number and a flag that only the last chunk bears. So a missing end, a swapped chunk or a
turned bit fails. The header (salt, prefix, check value) is authenticated with every chunk.

The key is derived by scrypt from what the operator keeps, with a salt for each archive; half of what is derived stands
in the header as a check value, so that a wrong key is told apart from a damaged archive before anything is read.
"""

import hmac
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from yuhu.runtime.backup import BackupError

MAGIC = b"YUHU-BACKUP-1\n"
CHUNK = 1 << 20
SHORTEST_KEY = 16
_SALT, _PREFIX, _CHECK, _TAG = 16, 7, 32, 16
HEADER = len(MAGIC) + _SALT + _PREFIX + _CHECK


def _derive(passphrase: str, salt: bytes) -> tuple[bytes, bytes]:
    """Key and check value. 32 MB and a tenth of a second, so that guessing costs as much for each guess."""
    if len(passphrase) < SHORTEST_KEY:
        raise BackupError(
            f"BACKUP_KEY is missing or shorter than {SHORTEST_KEY} characters. Make one: python3 -c 'import "
            "secrets; print(secrets.token_urlsafe(32))'. Set it in .env (or BACKUP_KEY_FILE); keep a copy elsewhere."
        )
    derived = Scrypt(salt=salt, length=64, n=2**15, r=8, p=1).derive(passphrase.encode())
    return derived[:32], derived[32:]


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


class SealedWriter:
    """Takes plain bytes, writes sealed ones to ``out``. Without ``finish`` the archive is refused as cut off."""

    def __init__(self, out: BinaryIO, passphrase: str) -> None:
        salt, self._prefix = os.urandom(_SALT), os.urandom(_PREFIX)
        key, check = _derive(passphrase, salt)
        self._cipher, self._out = AESGCM(key), out
        self._header = MAGIC + salt + self._prefix + check
        self._waiting, self._number = bytearray(), 0
        out.write(self._header)

    def write(self, data: bytes) -> int:
        """Take ``data``; a chunk goes out as soon as it is known not to be the last."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Seal what waits as the last chunk."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last)
        self._out.write(self._cipher.encrypt(nonce, chunk, self._header))
        self._number += 1


class SealedReader:
    """Gives the plain bytes of a sealed stream, each chunk only after it proved to be whole.

    Raises:
        BackupError: no archive, another key, or an archive that was cut or changed.
    """

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        self._header = source.read(HEADER)
        if len(self._header) < HEADER or not self._header.startswith(MAGIC):
            raise BackupError(
                "This is not a backup of this system (or it was cut off at its very beginning)."
            )
        salt = self._header[len(MAGIC) :][:_SALT]
        self._prefix = self._header[len(MAGIC) + _SALT :][:_PREFIX]
        key, check = _derive(passphrase, salt)
        if not hmac.compare_digest(check, self._header[-_CHECK:]):
            raise BackupError("BACKUP_KEY is not the key with which this archive was made.")
        self._cipher, self._source = AESGCM(key), source
        self._next, self._number, self._plain = source.read(CHUNK + _TAG), 0, bytearray()
        if not self._next:  # even nothing is sealed as one chunk
            raise BackupError("The archive was cut off behind its header: it is not used.")

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; fewer only at the end."""
        while len(self._plain) < size and self._next:
            self._plain += self._unseal()
        taken = bytes(self._plain[:size])
        del self._plain[:size]
        return taken

    def _unseal(self) -> bytes:
        chunk, self._next = self._next, self._source.read(CHUNK + _TAG)
        nonce = _nonce(self._prefix, self._number, last=not self._next)
        self._number += 1
        try:
            return self._cipher.decrypt(nonce, chunk, self._header)
        except InvalidTag:
            raise BackupError(
                f"The archive was cut off or changed (at chunk {self._number}): it is not used."
            ) from None
