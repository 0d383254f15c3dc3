"""What is not quite HTTP. Part of fault_catalogue.py."""

from fault_bodies import flood
from fault_table import MAX_ATTEMPTS, add, audio, fault, good


@fault()
def continue_first(call):
    call.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    good(call)


@fault()
def early_hints_first(call):
    call.send(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
    good(call)


@fault("network", status=range(104), attempts=MAX_ATTEMPTS)
def endless_early_hints(call):
    flood(call, b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" * 50)


@fault("network", attempts=MAX_ATTEMPTS)
def header_line_of_a_megabyte(call):
    call.head(200, "X-Long: " + "a" * 1_000_000)
    good(call)


@fault("network", attempts=MAX_ATTEMPTS)
def headers_of_a_megabyte(call):
    call.head(200, *(f"X-Header-{i}: {'a' * 1000}" for i in range(1000)), "Content-Length: 6000")
    call.send(audio(call.name))


@fault("network", attempts=MAX_ATTEMPTS)
def header_without_colon(call):
    call.send(b"HTTP/1.1 200 OK\r\nthis is no header\r\nContent-Length: 6000\r\n\r\n" + audio(call.name))


@fault("network", attempts=MAX_ATTEMPTS)
def nul_in_a_header(call):
    call.send(b"HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\nContent-Length: 6000\r\n\r\n" + audio(call.name))


@fault("network", status=0, attempts=MAX_ATTEMPTS)
def another_protocol(call):
    call.send(b"SSH-2.0-OpenSSH_9.2p1\r\n")
    call.close()


@fault("network", status=0, attempts=MAX_ATTEMPTS)
def http_0_9(call):
    call.send(audio(call.name))
    call.close()


add("tls_to_a_plain_port", good, "network", status=0, attempts=MAX_ATTEMPTS, requests=0, scheme="https")


@fault()
def http_1_0(call):
    call.send(b"HTTP/1.0 200 OK\r\nContent-Type: audio/wav\r\n\r\n" + audio(call.name))
    call.close()


@fault()
def no_length_but_the_end_of_the_connection(call):
    call.head(200, "Connection: close")
    call.send(audio(call.name))
    call.close()


@fault()
def honest_chunks(call):
    call.head(200, "Transfer-Encoding: chunked")
    for start in range(0, 6000, 700):
        call.chunk(audio(call.name)[start:start + 700])
    call.send(b"0\r\nX-Trailer: 1\r\n\r\n")


@fault()
def thinks_before_it_answers(call):
    call.sleep(0.4)
    good(call)


@fault()
def hesitates_in_mid_body(call):
    call.head(200, length=6000)
    call.send(audio(call.name)[:3000])
    call.sleep(0.4)
    call.send(audio(call.name)[3000:])


add("lying_type", lambda call: call.answer(200, audio(call.name), media_type="text/html"))
add("no_type", lambda call: call.answer(200, audio(call.name), media_type=None))
for name in ("same_one", "same_two", "same_three"):
    add(name, lambda call: call.answer(200, audio("same")), body=audio("same"))
