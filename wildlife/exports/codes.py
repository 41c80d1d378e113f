"""How far an export is, with its Chinese and English labels."""

from wildlife.words.vocabularies import Code


class ExportState(Code):
    """导出状态。How far an export is."""

    WAITING = "waiting", "等待中", "waiting for its turn"
    WORKING = "working", "正在生成", "being made"
    DONE = "done", "已完成", "done: its file can be fetched"
    FAILED = "failed", "未能完成", "it could not be made"
