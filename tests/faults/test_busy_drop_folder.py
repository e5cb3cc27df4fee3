"""Facts about files that change, vanish or are fought over while they are being collected."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from pipeline.bulk.collect.collect_files import Collected, collect_files
from pipeline.bulk.intake import inbox_folder
from tests.journey.office import HEADER, NAME, Office

ROW = "A123456789,a@example.com,0912345678\r\n"


def test_a_file_that_grows_between_the_two_looks_waits(tmp_path: Path) -> None:
    finished, growing = tmp_path / "finished.CSV", tmp_path / "growing.CSV"
    finished.write_text(ROW)
    growing.write_text(ROW)
    stop = threading.Event()

    def write() -> None:
        with growing.open("a") as file:
            while not stop.is_set():
                file.write(ROW)
                file.flush()
                time.sleep(0.01)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = inbox_folder.settled_files(tmp_path, settle_seconds=0.1)
    finally:
        stop.set()
        writer.join()
    assert [file.path.name for file in found] == ["finished.CSV"]
    later = inbox_folder.settled_files(tmp_path, settle_seconds=0.1)
    assert [file.path.name for file in later] == ["finished.CSV", "growing.CSV"]


def test_a_folder_is_looked_at_twice_but_an_empty_one_once(tmp_path: Path) -> None:
    pauses: list[float] = []
    inbox_folder.settled_files(tmp_path, settle_seconds=1.0, sleep=pauses.append)
    (tmp_path / NAME).write_text(ROW)
    inbox_folder.settled_files(tmp_path, settle_seconds=1.0, sleep=pauses.append)
    assert pauses == [1.0]


def test_a_file_written_to_after_the_second_look_waits(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text(ROW)
    (found,) = inbox_folder.settled_files(tmp_path, settle_seconds=0)
    path.write_text(ROW * 2)
    assert inbox_folder.read(found, max_bytes=10_000) is None
    assert inbox_folder.read(found, max_bytes=1) is None


def test_a_file_replaced_after_it_was_recorded_is_not_moved_away_unread(office: Office) -> None:
    office.drop(NAME, (HEADER + "\r\n" + ROW).encode())
    (found,) = inbox_folder.settled_files(office.inbox, settle_seconds=0)
    correction = office.drop(NAME, (HEADER + "\r\n" + ROW * 2).encode())
    inbox_folder.shelve(found, "processed", batch_id=1, note="")
    assert correction.exists()
    assert office.shelf("processed") == []


def test_a_file_that_is_gone_leaves_no_note(office: Office) -> None:
    office.drop(NAME, ROW.encode()).unlink()
    gone = inbox_folder.FoundFile(office.inbox / NAME, len(ROW), 0)
    for shelf in inbox_folder.SHELVES:
        (office.inbox / shelf).mkdir()
    inbox_folder.shelve(gone, "refused", batch_id=1, note="02:00:00 檔名錯誤!整批不入檔!")
    assert office.shelf("refused") == []


def test_collecting_threads_record_each_file_once(office: Office) -> None:
    for number in range(30):
        office.drop(f"bad {number}.CSV", f"{number}".encode())
    for day in range(1, 21):
        office.drop(f"110000001202611{day:02}.CSV", ROW.encode())
    counts: list[Collected] = []
    together = threading.Barrier(4)

    def collect() -> None:
        together.wait()
        counts.append(collect_files(office.database, office.settings, now=office.clock))

    threads = [threading.Thread(target=collect) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == 4
    assert sum(count.files for count in counts) == len(office.states()) == 50
    assert len(office.shelf("processed")) == 20
    assert len(office.shelf("refused")) == 60, "each with its note, and no note without its file"
