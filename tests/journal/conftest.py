"""The journal's tests tamper and flush: the flush may lift the triggers."""

from tests.journal_flush import install_flush_guard

install_flush_guard()
