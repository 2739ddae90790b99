"""Makes what leaves a network namespace late; not every kernel has netem.

Frames that tc redirects to the TAP device of that name are written out at the interface, past tc,
after MILLIS milliseconds, give or take half of it. Ends with the process that started it.

usage: delay.py TAP INTERFACE MILLIS
"""
import collections
import fcntl
import os
import random
import select
import socket
import struct
import sys
import time

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
SOL_PACKET, PACKET_QDISC_BYPASS = 263, 20

name, interface, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]) / 1000
tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH14x", name.encode(), IFF_TAP | IFF_NO_PI))
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.setsockopt(SOL_PACKET, PACKET_QDISC_BYPASS, 1)
out.bind((interface, 0))
print("ready", flush=True)

waiting = collections.deque()  # (due, frame); none overtakes the one before it
last = 0
while True:
    pause = max(0, waiting[0][0] - time.monotonic()) if waiting else 1
    readable, _, _ = select.select([tap, sys.stdin], [], [], pause)
    if sys.stdin in readable and not os.read(sys.stdin.fileno(), 1):
        sys.exit()
    now = time.monotonic()
    while tap in readable:
        try:
            frame = os.read(tap, 65536)
        except BlockingIOError:
            break
        last = max(last, now + seconds * random.uniform(0.5, 1.5))
        waiting.append((last, frame))
    while waiting and waiting[0][0] <= time.monotonic():
        try:
            out.send(waiting.popleft()[1])
        except OSError:
            pass  # a full queue loses it, as links do
