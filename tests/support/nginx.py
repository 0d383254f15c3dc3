"""nginx on loopback with a configuration of its own, for benchmarks: one worker, keep-alive without end.

    with Nginx("location /clips/ { alias /srv/clips/; }") as server:
        server.url("/clips/a.wav")   # http://127.0.0.1:PORT/clips/a.wav
        server.requests()            # how many requests it has had

Needs Debian's nginx-light with libnginx-mod-http-echo. Everything it writes is in a temporary folder.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ECHO_MODULE = pathlib.Path("/usr/lib/nginx/modules/ngx_http_echo_module.so")
PACKAGES = {"nginx": "nginx-light", "aria2c": "aria2", "curl": "curl"}


def refuse_without(*programs):
    """Ends the script with exit code 2 and one line that names the Debian packages of programs that are absent."""
    absent = [PACKAGES[name] for name in programs if program(name) is None]
    if "nginx" in programs and not ECHO_MODULE.exists():
        absent.append("libnginx-mod-http-echo")
    if absent:
        print(f"needs the Debian packages {' '.join(absent)}", file=sys.stderr)
        sys.exit(2)


def program(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


class Nginx:
    """Serves `locations`, text for the server block, at an ephemeral port of 127.0.0.1."""

    def __init__(self, locations):
        self.locations = locations
        self.port = None
        self._process = None
        self._folder = None
        self._own_requests = 0

    def url(self, path=""):
        return f"http://127.0.0.1:{self.port}{path}"

    def requests(self):
        """Requests so far, without those of this method."""
        self._own_requests += 1
        with urllib.request.urlopen(self.url("/.status"), timeout=10) as answer:
            counts = answer.read().decode().splitlines()[2].split()  # accepted, handled, requests
        return int(counts[2]) - self._own_requests

    def __enter__(self):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="hitscope-nginx-"))
        try:
            for _ in range(5):  # another program may take the port between our probe and nginx
                self.port = free_port()
                if self._start():
                    return self
            raise RuntimeError("nginx does not start:\n" + (self._folder / "error.log").read_text())
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=20)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self):
        config = self._folder / "nginx.conf"
        config.write_text(self._configuration())
        self._process = subprocess.Popen(
            [program("nginx"), "-p", self._folder, "-e", self._folder / "error.log", "-c", config],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while self._process.poll() is None and time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return True
            time.sleep(0.01)
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=20)
        return False

    def _configuration(self):
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        folders = "\n".join(f"  {kind}_temp_path {self._folder}/{kind};" for kind in kinds)
        user = "user root;" if os.geteuid() == 0 else ""  # else the worker could not read a private temporary folder
        return f"""
load_module {ECHO_MODULE};
{user} daemon off; worker_processes 1; pid {self._folder}/pid;
events {{ worker_connections 4096; }}
http {{
{folders}
  access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000000; keepalive_timeout 600s;
  types {{ audio/wav wav; }} default_type audio/flac;
  server {{
    listen 127.0.0.1:{self.port} backlog=1024;
    location = /.status {{ stub_status; }}
    {self.locations}
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
