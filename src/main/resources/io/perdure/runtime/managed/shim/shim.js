'use strict';
/*
 * Runs a Node.js function for Perdure: loads its code, takes calls from the server over a Unix
 * domain socket, answers them there. One process is one instance. No dependencies; Node.js 12.17 or
 * newer.
 *
 * A frame is: u32 length of what follows | u8 type | u32 call, 0 for the instance | body. What a
 * function may do and gets to see differs between the clouds; all of that is in FLAVOURS below.
 */
const fs = require('fs');
const net = require('net');
const path = require('path');
const util = require('util');
const { AsyncLocalStorage } = require('async_hooks');
const { Console } = require('console');
const { Writable } = require('stream');
const { pathToFileURL } = require('url');

const INIT = 1, CALL = 2, CANCEL = 3, PRE_STOP = 4, EXIT = 5;
const HELLO = 64, READY = 65, INIT_FAILED = 66, RESULT = 67, ERROR = 68, LOG = 69, PRE_STOPPED = 70;

/** What is sent on of an error, in characters and lines: the server takes no frame of any size. */
const MESSAGE_MAX = 16 * 1024, TYPE_MAX = 256, STACK_MAX = 100, LINE_MAX = 250;
/** Longest part of a log in one frame, bytes. */
const LOG_PART = 64 * 1024;
/** What is kept back of a call's time to send an answer that is held, milliseconds. */
const ANSWER_MARGIN = 100;

// Kept, since the function may replace them.
const exit = process.exit.bind(process);
const stdoutWrite = process.stdout.write.bind(process.stdout);
const stderrWrite = process.stderr.write.bind(process.stderr);
// A reader that has gone is the server, and then the socket says so.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

/* ---- the wire ---- */

const socket = net.connect(take('PERDURE_SOCKET'));
const token = take('PERDURE_TOKEN');

/** A variable of ours, which the function does not get to see. */
function take(name) {
  const value = process.env[name];
  delete process.env[name];
  return value;
}

/** Sends a frame; the body is not copied. */
function send(type, call, body, sent) {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const head = Buffer.allocUnsafe(9);
  head.writeUInt32BE(5 + bytes.length, 0);
  head.writeUInt8(type, 4);
  head.writeUInt32BE(call, 5);
  socket.cork();
  socket.write(head);
  socket.write(bytes, sent);
  socket.uncork();
}

let parts = []; // what has come of a frame; put together once, when it is whole
let have = 0;
let need = 4;

function received(chunk) {
  parts.push(chunk);
  have += chunk.length;
  while (have >= need) {
    const bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts, have);
    need = 4 + bytes.readUInt32BE(0);
    if (have < need) {
      parts = [bytes];
      return;
    }
    parts = have > need ? [bytes.subarray(need)] : [];
    have -= need;
    handle(bytes.readUInt8(4), bytes.readUInt32BE(5), bytes.subarray(9, need));
    need = 4;
  }
}

function handle(type, number, body) {
  switch (type) {
    case INIT:
      return void init(JSON.parse(body.toString()));
    case CALL: {
      const split = 4 + body.readUInt32BE(0);
      const about = JSON.parse(body.toString('utf8', 4, split));
      return begin(new Call(number, about, body.subarray(split)));
    }
    case CANCEL:
      return cancel(calls.get(number));
    case PRE_STOP:
      return void preStop();
    case EXIT:
      return exit(0);
    default:
      return fatal(new Error(`a frame of unknown type ${type}`));
  }
}

socket.on('connect', () => send(HELLO, 0, token));
socket.on('data', received);
// Without a server there is nobody to work for.
socket.on('close', () => exit(0));
socket.on('error', () => exit(1));

/* ---- the instance ---- */

let instance; // what INIT says
let flavour;
let handler;
let phase = null; // {name, end}: a hook of the function's that runs: loading, initializer, pre-stop
const calls = new Map(); // running, by number
let current = null; // whose output a line is, when calls come one at a time
let tags = null; // the same with several at once: an AsyncLocalStorage

async function init(told) {
  instance = told;
  flavour = FLAVOURS[told.flavour] || FLAVOURS.native;
  if (told.concurrency > 1) {
    tags = new AsyncLocalStorage();
    tagOutput();
  }
  if (flavour.linePrefix) {
    prefixConsole();
  }
  try {
    handler = await during('loading the code', () => find(told.handler, 'handler'));
    if (told.initializer) {
      const initializer = await during('loading the code', () => find(told.initializer, 'initializer'));
      await during('the initializer', () => hook(initializer));
    }
    send(READY, 0, '');
  } catch (error) {
    const kind = error instanceof HandlerNotFound ? 'HandlerNotFound' : 'InitError';
    send(INIT_FAILED, 0, JSON.stringify({ ...described(error), kind }));
  }
}

async function preStop() {
  try {
    if (instance.preStop) {
      await during('the pre-stop hook', async () => hook(await find(instance.preStop, 'pre-stop hook')));
    }
  } catch (error) {
    stderrWrite(`${util.inspect(error)}\n`); // it ends all the same; this is for the function's log
  }
  send(PRE_STOPPED, 0, '');
}

/** Runs a part of the function outside of calls. One that leaves nothing to wait for has failed. */
function during(name, run) {
  return new Promise((resolve, reject) => {
    phase = { name, end: reject };
    socket.unref();
    Promise.resolve()
      .then(run)
      .then(resolve, reject);
  }).finally(() => {
    phase = null;
    socket.ref();
  });
}

/** Calls {@code (context, callback)} or {@code async (context)}. */
function hook(run) {
  return new Promise((resolve, reject) => {
    const context = flavour.context(new Call(0, { requestId: '', deadlineMs: 0, attempt: 0, retryCount: 0 }));
    const returned = run(context, (error) => (error ? reject(asError(error)) : resolve()));
    if (isPromise(returned)) {
      returned.then(resolve, reject);
    } else if (run.length === 1) {
      resolve();
    }
  });
}

/* ---- finding the code ---- */

class HandlerNotFound extends Error {}

/** The function that {@code directory/file.export} names. */
async function find(name, role) {
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || dot === name.length - 1) {
    throw new HandlerNotFound(`the ${role} "${name}" is not of the form file.function`);
  }
  const root = instance.codeDirectory;
  const stem = path.resolve(root, name.slice(0, dot));
  if (!stem.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) {
    throw new HandlerNotFound(`the ${role} "${name}" is outside of the package`);
  }
  const file = ['.js', '.cjs', '.mjs'].map((end) => stem + end).find((one) => fs.existsSync(one));
  if (!file) {
    throw new HandlerNotFound(`the package has no file ${name.slice(0, dot)}.js for the ${role} "${name}"`);
  }
  const loaded = isModule(file) ? await import(pathToFileURL(file).href) : require(file);
  const key = name.slice(dot + 1);
  const inner = loaded && loaded.default;
  const found = loaded && loaded[key] !== undefined ? loaded[key] : inner && inner[key];
  if (typeof found !== 'function') {
    throw new HandlerNotFound(`${path.relative(root, file)} exports no function "${key}" for the ${role} "${name}"`);
  }
  return found;
}

/** True for a file that only import() loads. */
function isModule(file) {
  if (!file.endsWith('.js')) {
    return file.endsWith('.mjs');
  }
  for (let at = path.dirname(file); at.startsWith(instance.codeDirectory); at = path.dirname(at)) {
    const manifest = path.join(at, 'package.json');
    if (fs.existsSync(manifest)) {
      return JSON.parse(fs.readFileSync(manifest, 'utf8')).type === 'module';
    }
  }
  return false;
}

/* ---- calls ---- */

class Call {
  constructor(number, about, payload) {
    this.number = number;
    this.about = about;
    this.payload = payload;
    this.answered = false; // an answer is known; only the first counts
    this.ended = false; // and sent
    this.finish = null; // sends an answer that waits for an empty loop
    this.timer = null; // or for the time limit
    this.promise = null; // "pending" or "settled" when the function returned one
    this.abort = null;
    this.listeners = signalListeners();
  }

  /** Tells the function that the call is to be given up; whoever asks for it may wait for it. */
  get signal() {
    this.abort = this.abort || new AbortController();
    return this.abort.signal;
  }

  remaining() {
    return Math.max(0, this.about.deadlineMs - Date.now());
  }
}

function begin(call) {
  calls.set(call.number, call);
  current = call;
  // Only what the function does keeps the loop going now, so its end can be noticed.
  socket.unref();
  if (tags) {
    tags.run(call, () => run(call));
  } else {
    run(call);
  }
}

function run(call) {
  let sync = true;
  let held = null; // a callback's answer, kept back until the synchronous part has returned
  const callback = (error, value) => {
    const answer = () => (error ? fail(call, asError(error), true) : called(call, value));
    if (sync) {
      held = held || answer;
    } else {
      answer();
    }
  };
  let returned;
  try {
    call.context = flavour.context(call);
    returned = handler(flavour.event(call.payload), call.context, callback);
  } catch (error) {
    return fail(call, error, false);
  }
  sync = false;
  if (held) {
    held();
  }
  if (isPromise(returned)) {
    call.promise = 'pending';
    returned.then((value) => {
      call.promise = 'settled';
      if (value !== undefined || handler.length < 3) {
        succeed(call, value);
      } // else it may have left the answer to its callback
    }, (error) => fail(call, error, false));
  } else if (returned !== undefined || handler.length === 1 || handler.length === 2) {
    succeed(call, returned); // it takes no callback, so this is its answer
  }
}

/** An answer by callback: SCF's ends the call only when the function has nothing left to do. */
function called(call, value) {
  const waits = instance.flavour === 'scf' && call.context.callbackWaitsForEmptyEventLoop !== false;
  if (!waits || tags || call.answered) {
    return succeed(call, value);
  }
  call.answered = true;
  call.finish = () => answer(call, value);
  // Something that stays open, such as a connection, must not cost an answer that is known.
  call.timer = setTimeout(call.finish, Math.max(0, call.remaining() - ANSWER_MARGIN));
  call.timer.unref();
}

function succeed(call, value) {
  if (!call.answered) {
    call.answered = true;
    answer(call, value);
  }
}

function answer(call, value) {
  if (call.ended) {
    return;
  }
  let bytes;
  try {
    bytes = flavour.result(value);
  } catch (error) {
    const message = `the result cannot be turned into JSON: ${textOf(error)}`;
    return end(call, ERROR, JSON.stringify({ ...failure('BadResponse', message), kind: 'BadResponse' }));
  }
  const max = call.about.resultBytesMax || instance.resultBytesMax;
  if (bytes.length > max) {
    const message = `the result has ${bytes.length} bytes, more than ${max}`;
    return end(call, ERROR, JSON.stringify({ ...failure('ResultTooLarge', message), kind: 'ResultTooLarge' }));
  }
  end(call, RESULT, bytes);
}

function fail(call, error, handled) {
  if (call.answered) {
    return;
  }
  call.answered = true;
  const text = handled ? described(error) : flavour.unhandled(described(error));
  end(call, ERROR, JSON.stringify({ ...text, handled, kind: 'Function' }));
}

function end(call, type, body, sent) {
  call.ended = true;
  clearTimeout(call.timer);
  calls.delete(call.number);
  if (current === call) {
    current = null;
  }
  if (calls.size === 0) {
    socket.ref();
  }
  send(type, call.number, body, sent);
}

function cancel(call) {
  if (call && call.abort) {
    call.abort.abort();
  }
}

/* ---- an empty loop, and errors nobody caught ---- */

/** Nothing is left that could settle what still runs. */
process.on('beforeExit', () => {
  if (phase) {
    phase.end(new Error(`${phase.name} never came to an end: nothing is left that it could wait for`));
  }
  for (const call of [...calls.values()]) {
    if (call.finish) {
      call.finish();
    } else if (call.promise ? call.promise === 'settled' : instance.flavour === 'scf' || handler.length === 0) {
      succeed(call, undefined); // it never called back, which counts as calling back without a value
    } else if (!call.abort && signalListeners() <= call.listeners) {
      const message = 'the function never answered: nothing is left that it could wait for';
      fail(call, named('NeverAnswered', message), false);
    } // else it waits for a word from outside, which keeps no loop going
  }
  socket.ref();
});

function signalListeners() {
  return ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']
    .reduce((sum, name) => sum + process.listenerCount(name), 0);
}

process.on('uncaughtException', (error) => uncaught('uncaughtException', error));
process.on('unhandledRejection', (error) => uncaught('unhandledRejection', error));

/** Fails what runs and ends the instance: nobody knows what state it is in. */
function uncaught(event, error) {
  if (process.listenerCount(event) > 1) {
    return; // the function cares for it itself
  }
  if (phase && calls.size === 0) {
    phase.end(error);
    return;
  }
  const failed = [...calls.values()].filter((call) => !call.ended);
  if (failed.length === 0) {
    fatal(error);
    return;
  }
  stderrWrite(`${util.inspect(error)}\n`);
  let left = failed.length;
  const text = flavour.unhandled(described(error));
  for (const call of failed) {
    call.answered = true;
    const body = JSON.stringify({ ...text, handled: false, fatal: true, kind: 'Function' });
    end(call, ERROR, body, () => (--left === 0 ? exit(1) : undefined));
  }
}

function fatal(error) {
  stderrWrite(`${util.inspect(error)}\n`);
  exit(1);
}

/* ---- errors as the server wants them ---- */

function isPromise(value) {
  return value !== null && typeof value === 'object' && typeof value.then === 'function';
}

function named(name, message) {
  const error = new Error(message);
  error.name = name;
  error.stack = '';
  return error;
}

/** What was given to a callback as an error; a text has neither a type nor a stack. */
function asError(error) {
  return error instanceof Error || typeof error === 'object' ? error : { message: String(error) };
}

function failure(errorType, errorMessage) {
  return { errorMessage: errorMessage.slice(0, MESSAGE_MAX), errorType, stackTrace: [] };
}

/** {errorMessage, errorType, stackTrace}; of an error that is only a text the first alone. */
function described(error) {
  const message = textOf(error).slice(0, MESSAGE_MAX);
  if (!util.types.isNativeError(error) && !(error instanceof Error)) {
    const plain = error && typeof error === 'object' && Object.keys(error).length === 1 && 'message' in error;
    return plain ? { errorMessage: message } : { errorMessage: message, errorType: 'Error', stackTrace: [] };
  }
  return { errorMessage: message, errorType: typeOf(error), stackTrace: framesOf(error) };
}

function textOf(error) {
  try {
    if (error && typeof error === 'object') {
      return typeof error.message === 'string' ? error.message : JSON.stringify(error);
    }
    return String(error);
  } catch (unreadable) {
    return 'an error that cannot be read';
  }
}

function typeOf(error) {
  const own = error.name;
  const plain = typeof own !== 'string' || own === '' || own === 'Error';
  const type = plain ? error.constructor && error.constructor.name : own;
  return String(type || 'Error').slice(0, TYPE_MAX);
}

/** The stack from the function's point of view: without this file and what is inside Node.js. */
function framesOf(error) {
  const lines = String(error.stack || '').split('\n').map((line) => line.trim().slice(0, LINE_MAX));
  const ours = lines.findIndex((line) => line.includes(__filename)); // it and its callers
  const frames = lines.slice(0, ours < 0 ? lines.length : ours)
    .filter((line) => line.startsWith('at ') && !/(^at |\()(node:)?(internal\/|async_hooks)/.test(line))
    .slice(0, STACK_MAX);
  // A file that cannot be parsed stands before the message, with the line.
  return error instanceof SyntaxError && /:\d+$/.test(lines[0]) ? [`at ${lines[0]}`, ...frames] : frames;
}

/* ---- output ---- */

/** With several calls at once: sends what a call prints along with its number. */
function tagOutput() {
  for (const [stream, write] of [[process.stdout, stdoutWrite], [process.stderr, stderrWrite]]) {
    stream.write = (chunk, encoding, done) => {
      const call = tags.getStore();
      if (!call || call.ended) {
        return write(chunk, encoding, done);
      }
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8') : chunk;
      for (let at = 0; at < bytes.length; at += LOG_PART) {
        send(LOG, call.number, bytes.subarray(at, at + LOG_PART));
      }
      const after = typeof encoding === 'function' ? encoding : done;
      if (after) {
        process.nextTick(after);
      }
      return true;
    };
  }
}

/** Puts SCF's time and request id before what goes through the console. */
function prefixConsole() {
  const through = (stream) =>
    new Writable({
      decodeStrings: false,
      write(text, encoding, done) {
        const call = tags ? tags.getStore() : current;
        stream.write(call ? `${flavour.linePrefix(call)}${text}` : text);
        done();
      },
    });
  const own = new Console({ stdout: through(process.stdout), stderr: through(process.stderr) });
  for (const name of Object.keys(console)) {
    if (typeof own[name] === 'function') {
      console[name] = own[name].bind(own);
    }
  }
}

/* ---- what each cloud promises its functions ---- */

/** As it is when that makes sense, nothing for nothing, else JSON. */
function plainOrJson(value) {
  if (value === undefined || value === null) {
    return Buffer.alloc(0);
  }
  if (typeof value === 'string') {
    return Buffer.from(value);
  }
  return value instanceof Uint8Array ? Buffer.from(value) : json(value);
}

function json(value) {
  const text = JSON.stringify(value);
  return Buffer.from(text === undefined ? 'null' : text);
}

/** Hidden from a listing of the context, there for whoever knows it. */
function withSignal(context, call) {
  return Object.defineProperty(context, 'signal', { get: () => call.signal });
}

function nativeContext(call) {
  const { requestId, deadlineMs, attempt, retryCount, qualifier, traceparent } = call.about;
  const f = instance.function;
  return withSignal({
    requestId,
    deadlineMs,
    attempt,
    retryCount,
    qualifier: qualifier || f.qualifier,
    traceparent: traceparent || null,
    functionName: f.name,
    namespace: f.namespace,
    version: f.version,
    memoryLimitMb: f.memoryMb,
    timeLimitMs: f.timeoutMs,
    accountId: f.accountId,
    region: f.region,
    instanceId: f.instanceId,
    payload: call.payload,
    getRemainingTimeInMillis: () => call.remaining(),
  }, call);
}

function nativeEvent(payload) {
  try {
    return JSON.parse(payload.toString());
  } catch (notJson) {
    return payload;
  }
}

function scfContext(call) {
  const f = instance.function;
  return withSignal({
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => call.remaining(),
    memory_limit_in_mb: f.memoryMb,
    time_limit_in_ms: f.timeoutMs,
    request_id: call.about.requestId,
    environment: JSON.stringify({ SCF_NAMESPACE: f.namespace }),
    environ: `SCF_NAMESPACE=${f.namespace};SCF_NAMESPACE=${f.namespace}`,
    function_version: f.version,
    function_name: f.name,
    namespace: f.namespace,
    tencentcloud_region: f.region,
    tencentcloud_appid: String(f.accountId),
    tencentcloud_uin: String(f.accountId),
  }, call);
}

function scfEvent(payload) {
  if (payload.length === 0) {
    return {};
  }
  try {
    return JSON.parse(payload.toString());
  } catch (error) {
    throw named('InvalidParameterValue', `the event is not JSON: ${error.message}`);
  }
}

function fcContext(call) {
  const f = instance.function;
  const env = process.env;
  const { requestId, retryCount, qualifier, traceparent } = call.about;
  const span = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent || '');
  return withSignal({
    requestId,
    credentials: {
      accessKeyId: env.ALIBABA_CLOUD_ACCESS_KEY_ID || '',
      accessKeySecret: env.ALIBABA_CLOUD_ACCESS_KEY_SECRET || '',
      securityToken: env.ALIBABA_CLOUD_SECURITY_TOKEN || '',
    },
    function: {
      name: f.name,
      handler: instance.handler,
      initializer: instance.initializer || '',
      memory: f.memoryMb,
      timeout: Math.ceil(f.timeoutMs / 1000),
    },
    service: {
      name: f.namespace,
      logProject: '',
      logStore: '',
      qualifier: qualifier || f.qualifier || '',
      versionId: f.version || '',
    },
    region: f.region,
    accountId: String(f.accountId),
    retryCount,
    logger: fcLogger(requestId),
    tracing: {
      openTracingSpanContext: span ? `${span[1]}:${span[2]}:0:${parseInt(span[3], 16)}` : '',
      openTracingSpanBaggages: {},
      jaegerEndpoint: '',
    },
  }, call);
}

function fcLogger(requestId) {
  const logger = {};
  for (const level of ['log', 'debug', 'info', 'warn', 'error']) {
    const tag = level === 'log' ? 'verbose' : level.toUpperCase();
    logger[level] = (...words) =>
      process.stdout.write(`${new Date().toISOString()} ${requestId} [${tag}] ${util.format(...words)}\n`);
  }
  return logger;
}

const FC = {
  event: (payload) => payload,
  context: fcContext,
  result: plainOrJson,
  unhandled: (text) =>
    (!text.errorType || text.errorType === 'Error'
      ? { stackTrace: [], ...text, errorType: 'FunctionUnhandledError: Error' } : text),
};

const FLAVOURS = {
  native: {
    event: nativeEvent,
    context: nativeContext,
    result: plainOrJson,
    unhandled: (text) => ({ errorType: 'Error', stackTrace: [], ...text }),
  },
  scf: {
    event: scfEvent,
    context: scfContext,
    result: json,
    unhandled: (text) => ({ errorType: 'Error', stackTrace: [], ...text }),
    linePrefix: (call) => `${new Date().toISOString()}\t${call.about.requestId}\t`,
  },
  fc2: FC,
  fc3: FC,
};
