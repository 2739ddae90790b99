"""Runs a Python function in a process of its own and speaks with the server.

The server starts this program in the directory of the function's code and tells it by two variables
where to call (PERDURE_SOCKET, a Unix domain socket) and how to show that it is the one expected
(PERDURE_TOKEN). The first frame from there, INIT, says what to load; then come calls, each answered
with RESULT or ERROR. Frames are described in Frames.java.

Which conventions hold depends on the function's flavour: those of Tencent Cloud's SCF ("scf"), of
Alibaba Cloud's Function Compute ("fc2", "fc3"), or our own ("native"); see the classes Scf, Fc and
Native. With a concurrency of 1 the handler runs in the main thread, so that it may install signal
handlers; else in threads, or as tasks of one event loop when it is a coroutine.

Needs Python 3.6 or later and nothing else. Whatever costs time to import and is not always needed
is imported where it is used.
"""

import json
import os
import socket
import struct
import sys
import threading
import time

INIT, CALL, CANCEL, PRE_STOP, EXIT = 1, 2, 3, 4, 5
HELLO, READY, INIT_FAILED, RESULT, ERROR, LOG, PRE_STOPPED = 64, 65, 66, 67, 68, 69, 70

MESSAGE_MAX = 16384  # characters of an error's message that are reported
FRAMES_MAX = 100  # of its stack
STACK_MAX = 32768  # characters of its stack
REPORT_MAX = 500000  # bytes; the server takes a little more
LOG_MAX = 32768  # bytes of one LOG frame


class Connection:
    """Frames over the socket. One thread reads; any may write."""

    HEAD = struct.Struct(">IBI")

    def __init__(self, path, token):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.input = self.socket.makefile("rb", 65536)
        self.lock = threading.Lock()
        self.send(HELLO, 0, token.encode())

    def send(self, type_, number, body=b""):
        head = self.HEAD.pack(5 + len(body), type_, number)
        with self.lock:
            if len(body) < 65536:
                self.socket.sendall(head + body)
            else:
                self.socket.sendall(head)
                self.socket.sendall(body)

    def receive(self):
        """The next frame as (type, number, body); None when the server is gone."""
        try:
            head = self.input.read(9)
            if len(head) < 9:
                return None
            length, type_, number = self.HEAD.unpack(head)
            body = self.input.read(length - 5) if length > 5 else b""
            return (type_, number, body) if len(body) == length - 5 else None
        except ConnectionError:
            return None


class HandlerNotFound(Exception):
    """The setting names nothing that can be called."""


class BadResponse(Exception):
    """What the handler returned cannot be sent."""


class ResultTooLarge(Exception):
    """What the handler returned is larger than it may be."""


class Object:
    """Attributes by name."""

    def __init__(self, **fields):
        self.__dict__.update(fields)

    def __repr__(self):
        return repr(self.__dict__)


# ---------------------------------------------------------------------------------- conventions


class Native:
    """handler(event, context): event is the parsed JSON, or the bytes where they are none."""

    def __init__(self, init):
        self.init = init
        self.function = init["function"]

    def event(self, payload):
        try:
            return json.loads(payload.decode("utf-8"))
        except (ValueError, RecursionError):
            return payload

    def context(self, call, payload):
        function = self.function
        deadline = call.get("deadlineMs", 0)
        return Object(
            request_id=call.get("requestId", ""),
            payload=payload,
            function_name=function["name"],
            namespace=function["namespace"],
            version=function["version"],
            qualifier=call.get("qualifier", function["qualifier"]),
            account_id=function["accountId"],
            instance_id=function["instanceId"],
            memory_mb=function["memoryMb"],
            timeout_ms=function["timeoutMs"],
            deadline_ms=deadline,
            remaining_ms=lambda: max(0, deadline - int(time.time() * 1000)),
            attempt=call.get("attempt", 1),
            retry_count=call.get("retryCount", 0),
            traceparent=call.get("traceparent"),
            cancelled=threading.Event(),
            logger=logger(),
        )

    def result(self, value):
        return b"" if value is None else as_is_or_json(value)

    def stack(self, error):
        return stack_lines(error)


class Fc:
    """handler(event, context) of Function Compute: event is bytes, context an object."""

    def __init__(self, init):
        self.init = init
        function = init["function"]
        self.function = Object(
            name=function["name"],
            handler=init["handler"],
            memory=function["memoryMb"],
            timeout=-(-function["timeoutMs"] // 1000),  # begun seconds count
            initializer=init["initializer"],
            version_id=function["version"],
            qualifier=function["qualifier"],
        )

    def event(self, payload):
        return payload

    def context(self, call, payload):
        function = self.init["function"]
        qualifier = call.get("qualifier", function["qualifier"])
        in_service = self.init["flavour"] == "fc2"
        variables = os.environ.get
        return Object(
            request_id=call.get("requestId", ""),
            credentials=Object(
                access_key_id=variables("ALIBABA_CLOUD_ACCESS_KEY_ID", ""),
                access_key_secret=variables("ALIBABA_CLOUD_ACCESS_KEY_SECRET", ""),
                security_token=variables("ALIBABA_CLOUD_SECURITY_TOKEN", ""),
            ),
            function=self.function,
            service=Object(
                name=function["namespace"] if in_service else "",
                log_project="",
                log_store="",
                qualifier=qualifier,
                version_id=function["version"],
            ),
            region=function["region"],
            account_id=function["accountId"],
            retry_count=call.get("retryCount", 0),
            tracing=Object(
                span_context=call.get("traceparent") or "", jaeger_endpoint="", span_baggages={}
            ),
            logger=logger(),
        )

    def result(self, value):
        return as_is_or_json(value)

    def stack(self, error):
        """A list of frames, each a list of texts."""
        frames = []
        for frame in own_frames_removed(trace(error).stack)[-FRAMES_MAX:]:
            frames.append(
                [
                    'File "%s"' % frame.filename,
                    "line %s" % frame.lineno,
                    "in %s" % frame.name,
                    frame.line or "",
                ]
            )
        return frames


class Scf:
    """main_handler(event, context) of SCF: both are of JSON, and so is what is returned."""

    def __init__(self, init):
        function = init["function"]
        version = function["version"]
        pair = "SCF_NAMESPACE=" + function["namespace"]
        self.constant = {
            "memory_limit_in_mb": function["memoryMb"],
            "time_limit_in_ms": function["timeoutMs"],
            "environment": json.dumps({"SCF_NAMESPACE": function["namespace"]}),
            "environ": pair + ";" + pair,
            "function_version": "$LATEST" if version == "LATEST" else version,
            "function_name": function["name"],
            "namespace": function["namespace"],
            "tencentcloud_region": function["region"],
            "tencentcloud_appid": function["accountId"],
            "tencentcloud_uin": function["accountId"],
        }

    def event(self, payload):
        if not payload:
            return {}
        try:
            return json.loads(payload.decode("utf-8"))
        except (ValueError, RecursionError):
            return payload.decode("utf-8", "replace")

    def context(self, call, payload):
        context = dict(self.constant)
        context["request_id"] = call.get("requestId", "")
        return context

    def result(self, value):
        return as_json(value)

    def stack(self, error):
        return stack_lines(error)


CONVENTIONS = {"native": Native, "scf": Scf, "fc2": Fc, "fc3": Fc}


def as_is_or_json(value):
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, str):
        try:
            return value.encode("utf-8")
        except UnicodeEncodeError as e:
            raise BadResponse("the result is no valid Unicode text: %s" % e)
    return as_json(value)


def as_json(value):
    try:
        try:
            return json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            return json.dumps(value).encode("ascii")  # halves of characters are escaped
    except (TypeError, ValueError, RecursionError, OverflowError) as e:
        raise BadResponse("the result cannot be written as JSON: %s" % e)


# --------------------------------------------------------------------------------------- errors


def trace(error):
    import traceback

    return traceback.TracebackException(type(error), error, error.__traceback__)


def own_frames_removed(stack):
    """Without this file's frames and those of the import system."""
    return [
        frame
        for frame in stack
        if frame.filename != __file__ and not frame.filename.startswith("<frozen importlib")
    ]


def stack_lines(error):
    """What Python prints for an error nobody catches, as lines."""
    import traceback

    told = trace(error)
    chain, at = [], told
    while at is not None and len(chain) < 10:
        at.stack = traceback.StackSummary.from_list(own_frames_removed(at.stack)[-FRAMES_MAX:])
        chain.append(at)
        at = at.__cause__ or at.__context__
    lines = [line[:MESSAGE_MAX] for text in told.format() for line in text.rstrip("\n").split("\n")]
    size = 0
    for at in range(len(lines) - 1, -1, -1):
        size += len(lines[at])
        if size > STACK_MAX:
            return ["..."] + lines[at + 1 :]
    return lines


def type_name(error):
    """The name of its class, as the clouds report it: without the module."""
    return type(error).__name__


def message_of(error):
    try:
        return str(error)[:MESSAGE_MAX]
    except Exception:  # a __str__ of the function's own
        return "an error without a readable message"


def report(error, kind, stack):
    """Body of ERROR and INIT_FAILED. Text may hold halves of characters, so it is escaped."""
    fields = {
        "kind": kind,
        "errorType": type_name(error),
        "errorMessage": message_of(error),
        "stackTrace": stack,
        "handled": False,
    }
    body = json.dumps(fields).encode("ascii")
    if len(body) <= REPORT_MAX:
        return body
    fields["stackTrace"] = []
    return json.dumps(fields).encode("ascii")


# ------------------------------------------------------------------------------------------ log


class CallLog:
    """Stands for stdout or stderr while several calls share the process: what a call prints goes
    to the server as that call's, anything else where it went before."""

    def __init__(self, stream, current):
        self.stream = stream
        self.current = current

    def write(self, text):
        call = self.current()
        return self.stream.write(text) if call is None else call.log(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        self.stream.flush()

    def __getattr__(self, name):
        return getattr(self.stream, name)


def line_buffered(stream):
    """So that lines are not lost in a crash, and not written in two pieces."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
        return stream
    import io

    return io.TextIOWrapper(
        stream.detach(), encoding="utf-8", errors="backslashreplace", line_buffering=True
    )


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # closed or replaced by the function
            pass


def logger():
    import logging

    return logging.getLogger()


def configure_logging(instance):
    """Lines like "2026-01-31T12:00:00.000Z <request id> [INFO] text", from INFO on."""
    import logging

    class Line(logging.Formatter):
        converter = time.gmtime

        def format(self, record):
            call = instance.current()
            record.request_id = call.request_id if call else "-"
            return super().format(record)

    class Stdout(logging.Handler):
        def emit(self, record):
            try:
                sys.stdout.write(self.format(record) + "\n")
            except Exception:
                self.handleError(record)

    handler = Stdout()
    handler.setFormatter(
        Line(
            "%(asctime)s.%(msecs)03dZ %(request_id)s [%(levelname)s] %(message)s",
            "%Y-%m-%dT%H:%M:%S",
        )
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)


# ------------------------------------------------------------------------------------- the code


def load(name, code):
    """What the setting {@code file.function} names; files may lie in directories or packages."""
    module_name, dot, function_name = name.strip().rpartition(".")
    module_name = module_name.replace("/", ".").strip(".")
    if not dot or not module_name or not function_name:
        raise HandlerNotFound("'%s' is not of the form file.function" % name)
    module = import_code(module_name, code)
    function = getattr(module, function_name, None)
    if function is None:
        raise HandlerNotFound("there is no '%s' in the file of '%s'" % (function_name, name))
    if not callable(function):
        raise HandlerNotFound("'%s' cannot be called" % name)
    return function


def import_code(name, code):
    known = sys.modules.get(name)
    path = os.path.join(code, *name.split(".")) + ".py"
    if known is not None and os.path.isfile(path) and getattr(known, "__file__", None) != path:
        # The file has the name of a module of Python's that is in use: it must not replace that.
        import importlib.util

        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    try:
        __import__(name)
        return sys.modules[name]
    except ModuleNotFoundError as e:
        if e.name and (name == e.name or name.startswith(e.name + ".")):
            raise HandlerNotFound("there is no file '%s.py'" % name.replace(".", "/")) from None
        raise


# ----------------------------------------------------------------------------------------- calls


class Call:
    """A call under way."""

    def __init__(self, instance, number, body):
        (length,) = struct.unpack_from(">I", body)
        self.instance = instance
        self.number = number
        self.about = json.loads(body[4 : 4 + length].decode("utf-8"))
        self.payload = body[4 + length :]
        self.request_id = self.about.get("requestId", "")
        self.context = None
        self.task = None  # set by the task itself: one cancelled before it begins answers nothing
        self.cancel_asked = False
        self.line = ""
        self.lock = threading.Lock()

    def log(self, text):
        with self.lock:
            self.line += text
            if "\n" not in text and len(self.line) < LOG_MAX:
                return len(text)
            lines, self.line = self.line, ""
        self.send_log(lines)
        return len(text)

    def send_log(self, text):
        data = text.encode("utf-8", "backslashreplace")
        for at in range(0, len(data), LOG_MAX):
            self.instance.connection.send(LOG, self.number, data[at : at + LOG_MAX])

    def finish_log(self):
        with self.lock:
            rest, self.line = self.line, ""
        if rest:
            self.send_log(rest)

    def cancel(self):
        """Tells a native handler by its context, and a coroutine as asyncio does."""
        cancelled = getattr(self.context, "cancelled", None)
        if cancelled is not None:
            cancelled.set()
        if self.instance.loop is not None:
            self.instance.loop.call_soon_threadsafe(self.cancel_task)

    def cancel_task(self):
        self.cancel_asked = True
        if self.task is not None:
            self.task.cancel()


class Instance:
    """Loads the code and serves calls."""

    def __init__(self, connection, init):
        self.connection = connection
        self.init = init
        self.pid = os.getpid()
        self.several = init["concurrency"] > 1
        self.conventions = CONVENTIONS[init["flavour"]](init)
        self.calls = {}  # by number
        self.loop = None
        self.turn = threading.Lock()  # held by the thread that listens
        self.threads = 0  # that take turns
        self.busy = []  # one entry for each of them that does not listen
        self.over = threading.Event()
        self.only = None  # the call, where there is one at a time
        self.set_current, self.set_current_task, self.current = self.current_call()

    def current_call(self):
        """Ways to set the call that runs in this thread, or in this task, and to tell it."""
        if not self.several:
            return (lambda call: setattr(self, "only", call)), None, (lambda: self.only)
        try:
            from contextvars import ContextVar

            variable = ContextVar("call", default=None)
            return variable.set, variable.set, variable.get
        except ImportError:  # Python 3.6 cannot tell tasks apart
            here = threading.local()
            return (
                lambda call: setattr(here, "call", call),
                lambda call: None,
                lambda: getattr(here, "call", None),
            )

    # -- start

    def start(self):
        """False when the code cannot be loaded, which has been reported then."""
        code = self.init["codeDirectory"]
        if sys.path and sys.path[0] == os.path.dirname(os.path.abspath(__file__)):
            del sys.path[0]
        sys.path.insert(0, code)
        sys.argv = [""]
        sys.stdout, sys.stderr = line_buffered(sys.stdout), line_buffered(sys.stderr)
        if self.several:
            sys.stdout = CallLog(sys.stdout, self.current)
            sys.stderr = CallLog(sys.stderr, self.current)
        configure_logging(self)
        try:
            self.handler = load(self.init["handler"], code)
            self.pre_stop = load(self.init["preStop"], code) if self.init["preStop"] else None
            if self.init["initializer"]:
                self.run_hook(load(self.init["initializer"], code))
        except SystemExit as e:
            leave(e.code)
        except BaseException as e:
            kind = "HandlerNotFound" if isinstance(e, HandlerNotFound) else "InitError"
            self.print_error(e)
            flush()
            self.connection.send(INIT_FAILED, 0, report(e, kind, self.conventions.stack(e)))
            self.connection.receive()  # an exit seen before the report would hide it
            return False
        flush()
        self.connection.send(READY, 0)
        return True

    def run_hook(self, hook):
        result = hook(self.conventions.context({}, b""))
        if hasattr(result, "__await__"):
            self.await_here(result)

    # -- serve

    def serve(self):
        """Until the server has no more to say."""
        if self.several:
            self.add_thread()
            self.over.wait()
        else:
            while self.take(self.hear()):
                pass

    def hear(self):
        """The next frame, whose body is the call for one of type CALL."""
        type_, number, body = self.connection.receive() or (EXIT, 0, b"")
        if type_ == CALL:
            body = self.calls[number] = Call(self, number, body)
        return type_, number, body

    def take(self, frame):
        """Does what a frame asks for; false when that is to end."""
        type_, number, body = frame
        if type_ == CALL:
            self.answer(body)
        elif type_ == CANCEL:
            call = self.calls.get(number)
            if call is not None:
                call.cancel()
        elif type_ == PRE_STOP:
            self.stop()
        return type_ != EXIT

    def add_thread(self):
        self.threads += 1
        threading.Thread(target=self.take_turns, daemon=True).start()

    def take_turns(self):
        """What each thread does that answers calls: one at a time listens, and whatever it hears it
        does itself, while the next one listens. So a call never passes from thread to thread."""
        going_on = True
        while going_on and not self.over.is_set():
            with self.turn:
                frame = self.hear()
                self.busy.append(frame)
                if len(self.busy) == self.threads <= self.init["concurrency"]:
                    self.add_thread()  # one more than calls, so that somebody listens
            going_on = self.take(frame)
            self.set_current(None)
            self.busy.pop()
        self.over.set()

    def stop(self):
        try:
            if self.pre_stop is not None:
                self.run_hook(self.pre_stop)
        except SystemExit as e:
            leave(e.code)
        except BaseException as e:
            self.print_error(e)
        flush()
        self.connection.send(PRE_STOPPED, 0)

    def answer(self, call):
        """Runs the handler and sends what came of it, or leaves that to the loop."""
        self.set_current(call)
        try:
            event = self.conventions.event(call.payload)
            call.context = self.conventions.context(call.about, call.payload)
            value = self.handler(event, call.context)
            if hasattr(value, "__await__"):
                if self.several:
                    self.run_on_loop(self.answer_later(call, value))
                    return
                value = self.await_here(value)
            answer = self.returned(call, value)
        except BaseException as e:
            answer = self.raised(e)
        self.send_answer(call, answer)

    async def answer_later(self, call, awaitable):
        import asyncio

        self.set_current_task(call)
        current_task = getattr(asyncio, "current_task", None) or asyncio.Task.current_task
        call.task = current_task()
        if call.cancel_asked:
            call.task.cancel()
        try:
            answer = self.returned(call, await awaitable)
        except BaseException as e:
            answer = self.raised(e)
        self.send_answer(call, answer)

    def returned(self, call, value):
        result = self.conventions.result(value)
        if len(result) > call.about.get("resultBytesMax", self.init["resultBytesMax"]):
            raise ResultTooLarge("the result is larger than it may be")
        return RESULT, result

    def raised(self, error):
        if isinstance(error, SystemExit):
            leave(error.code)
        if isinstance(error, (BadResponse, ResultTooLarge)):
            return ERROR, report(error, type(error).__name__, [])
        self.print_error(error)
        # What Python cannot have is over the instance's limit, as in a cloud that kills it then.
        kind = "OutOfMemory" if isinstance(error, MemoryError) else "Function"
        return ERROR, report(error, kind, self.conventions.stack(error))

    def send_answer(self, call, answer):
        if os.getpid() != self.pid:
            leave(0)  # a child of the handler's that came back: the call is its parent's
        type_, body = answer
        call.finish_log()
        flush()
        self.only = None
        del self.calls[call.number]
        self.connection.send(type_, call.number, body)

    # -- coroutines

    def await_here(self, awaitable):
        """Until it has ended. On a loop that stays, so that clients bound to it can be kept."""
        import asyncio

        async def run():
            return await awaitable

        if self.several:
            return self.run_on_loop(run()).result()
        if self.loop is None:
            self.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self.loop)
        return self.loop.run_until_complete(run())

    LOOP_LOCK = threading.Lock()

    def run_on_loop(self, coroutine):
        import asyncio

        with self.LOOP_LOCK:
            if self.loop is None:
                self.loop = asyncio.new_event_loop()
                threading.Thread(target=self.loop.run_forever, daemon=True).start()
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    @staticmethod
    def print_error(error):
        lines = [str(error)] if isinstance(error, HandlerNotFound) else stack_lines(error)
        try:
            sys.stderr.write("\n".join(lines) + "\n")
        except Exception:  # closed or replaced by the function
            pass


def leave(code):
    """Exits as Python does, but waits for no thread."""
    import atexit

    if code is not None and not isinstance(code, int):
        sys.stderr.write(str(code) + "\n")
        code = 1
    try:
        atexit._run_exitfuncs()
    finally:
        flush()
        os._exit((code or 0) & 255)


def main():
    nothing = os.open(os.devnull, os.O_RDONLY)
    if nothing != 0:
        os.dup2(nothing, 0)
        os.close(nothing)
    connection = Connection(os.environ.pop("PERDURE_SOCKET"), os.environ.pop("PERDURE_TOKEN"))
    frame = connection.receive()
    if frame is None or frame[0] != INIT:
        return 1
    instance = Instance(connection, json.loads(frame[2].decode("utf-8")))
    if not instance.start():
        return 1
    instance.serve()
    return 0


if __name__ == "__main__":
    leave(main())
