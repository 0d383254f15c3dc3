#!/usr/bin/env python3
"""Makes the corpora of all fuzz targets but decode (make_corpus.py) anew: small invented inputs, each with the byte that
chooses a reader before it, and inputs that once failed under regressions/. They are committed; this script is only
needed to change them."""

import gzip
import json
import os
import pathlib
import sqlite3
import struct
import subprocess
import tempfile
import wave

HERE = pathlib.Path(__file__).resolve().parent
SHA = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of the clip "abc", which the target lays down


def put(target, name, data, folder="corpus"):
    path = HERE / folder / target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def tables():
    csv = "id,preview_url,title,popularity\na,http://x.test/1,\"A \"\"b\"\", c\",12\nb,http://x.test/2,=1+1,1,234\n"
    put("tables", "csv", "\0" + csv)
    put("tables", "csv_catalogue", "\4" + csv)
    put("tables", "csv_bom_crlf", b"\1\xef\xbb\xbf" + csv.replace("\n", "\r\n").encode())
    put("tables", "tsv", "\2" + "id\turl\tduration\na\thttp://x.test/1\t3:05\nb\t\tNA\n")
    put("tables", "jsonl", "\3" + '{"id":1,"url":"http://x.test","artists":[{"name":"x"}],"deep":{"a":{"b":null}}}\n{"id":2}\n')
    put("tables", "gzip", b"\0" + gzip.compress(csv.encode() * 3, mtime=0))
    put("tables", "latin", b"\0id,name\n1,Beyonc\xe9\n")
    put("tables", "predictions", "\0" + "id,y_true,y_pred,group\n1,0,0.25,a\n2,1,0.75,b\n")
    put("tables", "dates", "\0" + "id,release_date,explicit,share\n1,2019-02-30,true,12%\n2,31/12/99,FALSE,\n")
    put("tables", "open_quote", "\0" + "id,name\n1,\"never closed\n2,x\n", "regressions")
    put("tables", "sparse_keys", "\3" + json.dumps({f"c{i}": 1 for i in range(200)}) + '\n{"id":1}\n' * 50, "regressions")
    put("tables", "deep_json", "\3" + "[" * 500 + "\n", "regressions")


def urls():
    for name, text in {
        "plain": "https://cdn.test/a.mp3?exp=4500000000\n/b.mp3",
        "password": "http://user:pa%20ss@host.test:8080/a?x=1#f\nhttp://other.test/",
        "relative": "https://a.test/b/c;p?q\n../../g?y#s",
        "signed": "https://a.test/c.mp3?X-Amz-Date=20200101T000000Z&X-Amz-Expires=4000\n//b.test/c",
        "ipv6": "http://[::ffff:127.0.0.1]:80/\nftp://x",
        "header": "cdn.test:443=X-Key: secret\nhttps://cdn.test/"}.items():
        put("urls", name, text)
    put("urls", "expiry_before_1677", "https://a.test/b?se=1204-01-01T00:00:00Z\n", "regressions")


def responses():
    for name, text in {
        "ok": "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nETag: \"v1\"\r\nAccept-Ranges: bytes\r\n\r\nID3",
        "throttled": "HTTP/1.1 429 Too Many\r\nRetry-After: 12\r\n\r\n{\"error\":{\"code\":4}}",
        "date": "HTTP/2 503\r\nretry-after: Fri, 31 Dec 1999 23:59:59 GMT\r\n\r\n",
        "range": "HTTP/1.1 206\r\nContent-Range: bytes 3-5/6\r\nLast-Modified: Fri, 31 Dec 1999 23:59:59 GMT\r\n\r\nabc",
        "robots": "HTTP/1.1 200\r\nX-Robots-Tag: noai,\r\n noindex\r\nX-Robots-Tag: unavailable_after: 1\r\n\r\n<html>",
        "redirect": "HTTP/1.1 302\r\nLocation: //b.test/c\r\n\r\n",
        "interim": "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404\r\n\r\n"}.items():
        put("responses", name, "\0" + text)
    put("responses", "status_407", "\0HTTP/1.1 407 x\r\nProxy-Authenticate: Basic\r\n\r\n", "regressions")
    put("responses", "etag_with_cr", b"\0HTTP/1.1 200\r\nETag: \"a\rX-Injected: yes\"\r\n\r\n", "regressions")


def settings():
    put("settings", "json", "\6" + '{"a":[1,2.5e-3,"\\u00e9",null,true]}')
    put("settings", "deep", "\6" + "[" * 5000, "regressions")
    put("settings", "same_key_twice", "\6" + '{"a":1,"a":2}', "regressions")


def written_by_hitscope():
    """What only the program writes: settings and trees of a small run."""
    program = os.environ.get("HITSCOPE", str(HERE.parents[1] / "build/release/bin/hitscope"))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)

        def run(*words):
            subprocess.run([program, *words, "-q"], cwd=folder, check=False, capture_output=True)

        rows = [f"r{i},a{i % 7},{i * 37 % 100},{100 + i * 1.25},{i % 12},{'rock pop jazz'.split()[i % 3]}" for i in range(40)]
        (folder / "t.csv").write_text("id,artist,popularity,tempo,key,genre\n" + "\n".join(rows) + "\n")
        with wave.open(str(folder / "a.wav"), "wb") as sound:
            sound.setparams((1, 2, 8000, 0, "NONE", ""))
            sound.writeframes(b"".join(struct.pack("<h", i * 7919 % 20000 - 10000) for i in range(8000)))
        run("render", "a.wav", "--out", "specs", "--duration", "1")
        run("train", "t.csv", "--out", "run", "--heads", "random_forest,boosted_trees,logistic", "--labels", "50", "--calibrate", "platt")
        run("train", "t.csv", "--out", "isotonic", "--heads", "logistic", "--labels", "50", "--calibrate", "isotonic")
        run("train", "t.csv", "--out", "values", "--heads", "ridge", "--labels", "regression")
        run("audit", "t.csv", "--save-schema", "schema.json")
        put("settings", "render", b"\0" + (folder / "specs/render.json").read_bytes())
        put("settings", "npy", b"\7" + (folder / "specs/shard-00000.npy").read_bytes()[:128])
        put("settings", "schema", b"\1" + (folder / "schema.json").read_bytes())
        for name in ("run", "values"):
            scheme = json.loads((folder / name / "bundle.json").read_text())["labels"]["scheme"]
            put("settings", f"labels_{name}", "\2" + json.dumps(scheme))
        put("settings", "encoder", b"\3" + (folder / "run/logistic.features.json").read_bytes())
        for name in ("run", "isotonic"):
            put("settings", f"calibration_{name}", b"\4" + (folder / name / "logistic.calibration.json").read_bytes())
        for first, head in ((b"\0", "random_forest"), (b"\1", "boosted_trees")):
            put("trees", head, first + (folder / f"run/{head}.trees").read_bytes()[:-8])  # without the seal


def trees():
    put("trees", "nothing", b"\0")


def stores():
    def journal(rows, change=None):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "j.sqlite"
            database = sqlite3.connect(path)
            database.execute("PRAGMA page_size=512")
            database.execute(
                "CREATE TABLE fetches(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, row INTEGER NOT NULL, url TEXT "
                "NOT NULL, status TEXT NOT NULL, http_status INTEGER NOT NULL, attempts INTEGER NOT NULL, file TEXT NOT "
                "NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, media_type TEXT NOT NULL, etag TEXT NOT NULL, "
                "last_modified TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL, finished_at TEXT NOT NULL)")
            database.execute(
                "CREATE TABLE parts(id TEXT PRIMARY KEY, url TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT "
                "NULL, validator TEXT NOT NULL, bytes INTEGER NOT NULL, host TEXT NOT NULL DEFAULT '') WITHOUT ROWID")
            database.execute("CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
            for number, (name, status, file, n_bytes, sha) in enumerate(rows, 1):
                database.execute("INSERT INTO fetches VALUES(?,?,?,'u',?,200,1,?,?,?,'audio/mpeg','','','','','')",
                                 (number, name, number, status, file, n_bytes, sha))
            database.execute("PRAGMA user_version=3")
            if change:
                database.execute(change)
            database.commit()
            database.close()
            return path.read_bytes()

    good = ("a", "ok", f"clips/ba/{SHA}.mp3", 3, SHA)
    put("stores", "good", b"\0" + journal([good, ("b", "failed", "", 0, "")]))
    put("stores", "copy", b"\1" + journal([good]))
    put("stores", "outside", b"\0" + journal([("a", "ok", "x/../../victim", 7, SHA), ("b", "ok", "/etc/hostname", 1, SHA)]),
        "regressions")
    put("stores", "link", b"\0" + journal([("a", "ok", f"clips/ba/{SHA[:-1]}e.mp3", 7, SHA[:-1] + "e")]), "regressions")
    put("stores", "trigger", b"\0" + journal([good], "CREATE TRIGGER t AFTER INSERT ON fetches BEGIN DELETE FROM fetches; END"),
        "regressions")
    put("stores", "no_database", b"\0this is no database", "regressions")


def reports():
    put("reports", "plain", "popularity")
    put("reports", "markup", "</script><img src=x onerror=alert(1)><!--")
    put("reports", "marks", "@DATA@ @STYLE@ \u2028\u2029 & ' \"")
    put("reports", "json", '{"title":"a","heads":[{"name":"x"}]}')


def heads():
    for head in range(12):
        put("heads", f"head_{head:02}_replaced", bytes([head, 0, 1]) + b"{}")
        put("heads", f"head_{head:02}_patched", bytes([head, 1, 0, 0, 40]) + b"\xff\xff\xff\x7f")
    put("heads", "bundle", b"\xff\0\0" + json.dumps({"format_version": 3, "labels": {"column": "x", "scheme": {}},
                                                     "front_end": None, "heads": []}).encode())
    put("heads", "nan_weight", bytes([1, 1, 0, 9, 0]) + b"\0\0\xc0\x7f" * 8, "regressions")


def checkpoints():
    def tensors(header, data=b""):
        text = json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + data
    one = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    put("checkpoints", "safetensors", b"\0" + tensors({"a": one}, bytes(8)))
    put("checkpoints", "metadata", b"\0" + tensors({"__metadata__": {"identity": "a small network"}, "a": one}, bytes(8)))
    put("checkpoints", "patched", b"\1\0\x50" + b"999")
    put("checkpoints", "hole", b"\0" + tensors({"a": one | {"data_offsets": [4, 12]}}, bytes(12)), "regressions")
    put("checkpoints", "huge", b"\0" + tensors({"a": one | {"shape": [2 ** 62, 2]}}, bytes(8)), "regressions")
    put("checkpoints", "program", b"\0PK\3\4" + bytes(40), "regressions")


for make in (tables, urls, responses, settings, written_by_hitscope, trees, stores, reports, heads, checkpoints):
    make()
