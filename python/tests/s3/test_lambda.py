# SPDX-License-Identifier: MIT
"""The function of docs/pipelines.md as AWS Lambda runs it: started by the recipe's own command, it asks the runtime interface for events over HTTP (AWS's
client, awslambdaric) and reads and writes objects of a real server. The other side of that interface is here, by its documentation (Lambda's runtime API,
2018-06-01). With LAMBDA_ROOT the command runs in that folder as the recipe's user: what tests/ports/docker.sh has made of the container's recipe."""
import http.server
import json
import os
import queue
import re
import shlex
import subprocess
import sys
import threading
import time
from pathlib import Path

import exifnorm
import pytest
from conftest import ROOT, TESTDATA
from store import block, bucket, store  # noqa: F401

API = "/2018-06-01/runtime/"
CONTAINER = os.environ.get("LAMBDA_ROOT")


class Runtime(http.server.ThreadingHTTPServer):
    """Lambda's side: hands out one event after the other, and keeps what comes back."""

    daemon_threads = True

    def __init__(self):
        self.events, self.answers, self.kinds = queue.Queue(), queue.Queue(), set()
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def call(self, event):
        """What the function answers: ("response", its value) or ("error", what it says)."""
        self.events.put(event)
        return self.answers.get(timeout=60)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        assert self.path == API + "invocation/next", self.path
        event = self.server.events.get()
        self.answer(200, json.dumps(event).encode(), Content_Type="application/json", Lambda_Runtime_Aws_Request_Id="id-%d" % id(event),
                    Lambda_Runtime_Deadline_Ms=str(int((time.time() + 60) * 1000)), Lambda_Runtime_Invoked_Function_Arn="arn:aws:lambda:us-east-1:1:function:upright")

    def do_POST(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = re.fullmatch(API + r"(?:invocation/[^/]+|init)/(response|error)", self.path)
        self.answer(202, b"{}", Content_Type="application/json")
        self.server.answers.put((kind[1] if kind else self.path, json.loads(body)))

    def log_message(self, *_):
        pass


@pytest.fixture
def runtime():
    made = Runtime()
    yield made
    made.shutdown()
    made.server_close()


def recipe(word):
    """The words of an instruction of the container's recipe."""
    return json.loads(re.search(rf"^{word} (\[.*\])$", block("pipelines.md", "dockerfile"), re.M)[1])


@pytest.fixture
def function(store, bucket, runtime, tmp_path):
    """A process that was started as the recipe says; outputs go to another bucket."""
    store.make(bucket + "-out")
    environment = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % runtime.server_address[1], "OUT_BUCKET": bucket + "-out", "AWS_LAMBDA_FUNCTION_NAME": "upright",
                   "AWS_LAMBDA_FUNCTION_VERSION": "1", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512", "AWS_LAMBDA_LOG_GROUP_NAME": "g", "AWS_LAMBDA_LOG_STREAM_NAME": "s"}
    entry, command = recipe("ENTRYPOINT"), recipe("CMD")
    if CONTAINER:
        user = re.findall(r"^USER (\S+)$", block("pipelines.md", "dockerfile"), re.M)[-1]
        given = {name: value for name, value in {**store.environment, **environment}.items() if name.startswith("AWS_") or name == "OUT_BUCKET"}
        folder = re.search(r"^WORKDIR (\S+)$", block("pipelines.md", "dockerfile"), re.M)[1]
        line = ["chroot", "--userspec=" + user, CONTAINER, "/usr/bin/env", "-i", "PATH=/usr/bin:/bin", *[f"{name}={value}" for name, value in given.items()],
                "/bin/sh", "-c", f"cd {folder} && exec " + shlex.join([*entry, *command])]
        environment = None
    else:
        (tmp_path / "handler.py").write_text(block("pipelines.md", "python"))
        line = [sys.executable, *entry[1:], *command]
        environment = {**store.environment, **environment}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(line, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    yield bucket, bucket + "-out"
    process.kill()
    process.wait()
    assert "Traceback" not in (tmp_path / "log").read_text() or "RuntimeError" in (tmp_path / "log").read_text()


def event(bucket, key):
    return {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": bucket}, "object": {"key": key}}}]}


def test_events(store, runtime, function, tmp_path):
    source, target = function
    image = (TESTDATA / "jpeg/landscape-6.jpg").read_bytes()
    store.put(source, "a b/gr\u00fcn.jpg", image)
    store.put(source, "cut.jpg", image[:3000])
    store.put(source, "note.txt", b"no image")
    kind, said = runtime.call(event(source, "a+b/gr%C3%BCn.jpg"))
    assert (kind, [(one["key"], one["outcome"], one["orientation"]) for one in said]) == ("response", [("a b/gr\u00fcn.jpg", "lossless", 6)]), said
    subprocess.run([exifnorm.program(), "-q", TESTDATA / "jpeg/landscape-6.jpg", tmp_path / "theirs.jpg"], check=True)
    assert store.get(target, "a b/gr\u00fcn.jpg") == (tmp_path / "theirs.jpg").read_bytes()
    # A failure is an error of the call, and the next event finds the same process at work.
    kind, said = runtime.call(event(source, "cut.jpg"))
    assert kind == "error" and said["errorType"] == "RuntimeError" and "damaged image data" in said["errorMessage"], said
    kind, said = runtime.call(event(target, "note.txt"))
    assert kind == "error" and "would call this function again" in said["errorMessage"], said
    kind, said = runtime.call(event(source, "note.txt"))
    assert kind == "response" and said[0]["outcome"] == "copied", said
    assert store.keys(target) == ["a b/gr\u00fcn.jpg", "note.txt"]


def test_the_recipe_has_the_handler():
    """What docker.sh copies is what the page has, and the program is the image's."""
    assert block("pipelines.md", "dockerfile").startswith("FROM exifnorm\n") and recipe("CMD") == ["handler.handle"]
    if CONTAINER:
        assert (Path(CONTAINER) / "opt/function/handler.py").read_text() == block("pipelines.md", "python")
        assert (Path(CONTAINER) / "usr/bin/exifnorm").is_file()
    assert (ROOT / "Dockerfile").read_text().rstrip().endswith('CMD ["--help"]')
