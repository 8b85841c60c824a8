'use strict';
// A peer that is not Java: a server of interop.Talk, and a client that does what it is told.
//
// One line of standard input is one order: id, verb, address, milliseconds, then texts, separated
// by tabs. One line of standard output is what came of it: id, "ok" and the replies, or id, "error"
// and what is known of it. Lines that begin with "event" are what the server saw. It ends with its
// standard input.

const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const protobuf = require('protobufjs');
const path = require('path');
const readline = require('readline');

const talk = grpc.loadPackageDefinition(loader.loadSync(path.join(__dirname, 'interop.proto')))
  .interop.Talk;
const rpc = protobuf.loadSync(path.join(__dirname, 'status.proto')).lookup('google.rpc');
const DETAILS = 'grpc-status-details-bin';

function say(...words) {
  process.stdout.write(words.join('\t') + '\n');
}

// --- details -----------------------------------------------------------------------------------

function any(type, value) {
  const message = rpc.lookupType(type);
  return {
    type_url: 'type.googleapis.com/google.rpc.' + type,
    value: message.encode(message.fromObject(value)).finish(),
  };
}

function failure(code, message, ...details) {
  const status = rpc.lookupType('Status');
  const metadata = new grpc.Metadata();
  metadata.set(
    DETAILS, Buffer.from(status.encode(status.fromObject({ code, message, details })).finish()));
  return { code, details: message, metadata };
}

function reading(metadata) {
  const found = { reason: '', domain: '', wait: '' };
  for (const bytes of metadata.get(DETAILS)) {
    for (const detail of rpc.lookupType('Status').decode(bytes).details) {
      const type = detail.type_url.split('google.rpc.')[1];
      const read = rpc.lookupType(type).decode(detail.value);
      if (type === 'ErrorInfo') {
        found.reason = read.reason;
        found.domain = read.domain;
      } else if (type === 'RetryInfo') {
        found.wait = String(read.retryDelay.seconds);
      }
    }
  }
  return found;
}

// --- the server --------------------------------------------------------------------------------

// Says that a call has come, of which test, and what time it has left; and that it was cancelled:
// grpc-js says so of each call that is over, so what is returned is called before an answer.
function watched(call, method) {
  const deadline = call.getDeadline();
  const left = deadline instanceof Date ? deadline.getTime() - Date.now() : deadline - Date.now();
  const test = String(call.metadata.get('test')[0]);
  let over = false;
  say('event', 'called', method, test, Math.round(left));
  call.on('cancelled', () => over || say('event', 'cancelled', method, test));
  return () => {
    over = true;
  };
}

function refusal(text) {
  if (text === 'fail') {
    return failure(grpc.status.NOT_FOUND, 'there is none of it',
      any('ErrorInfo', { reason: 'NO_SUCH_THING', domain: 'interop.test' }));
  }
  if (text === 'busy') {
    return failure(grpc.status.RESOURCE_EXHAUSTED, 'too much to do',
      any('RetryInfo', { retryDelay: { seconds: 7 } }));
  }
  return null;
}

const server = new grpc.Server();
server.addService(talk.service, {
  Ask(call, done) {
    const answering = watched(call, 'Ask');
    const text = call.request.value;
    if (text === 'wait') {
      return;
    }
    answering();
    const no = refusal(text);
    if (no) {
      done(no);
    } else {
      done(null, { value: 'js: ' + text });
    }
  },
  Watch(call) {
    const answering = watched(call, 'Watch');
    const text = call.request.value;
    call.write({ value: '1' });
    if (text === 'wait') {
      return;
    }
    answering();
    const no = refusal(text);
    if (no) {
      call.emit('error', no);
      return;
    }
    for (let i = 2; i <= Number(text); i++) {
      call.write({ value: String(i) });
    }
    call.end();
  },
  Send(call, done) {
    const answering = watched(call, 'Send');
    const texts = [];
    call.on('data', (message) => texts.push(message.value));
    call.on('end', () => {
      if (texts.length > 0 && texts[0] !== 'wait') {
        answering();
        done(refusal(texts[0]), { value: texts.join(',') });
      }
    });
  },
  Chat(call) {
    const answering = watched(call, 'Chat');
    let waits = false;
    call.on('data', (message) => {
      const no = refusal(message.value);
      if (no) {
        answering();
        call.emit('error', no);
      } else {
        waits = message.value === 'wait';
        call.write({ value: 'js: ' + message.value });
      }
    });
    call.on('end', () => {
      if (!waits) {
        answering();
        call.end();
      }
    });
    call.on('error', () => {});
  },
});

// --- the client --------------------------------------------------------------------------------

const clients = new Map();
const calls = new Map();

function client(address) {
  if (!clients.has(address)) {
    clients.set(address, new talk(address, grpc.credentials.createInsecure()));
  }
  return clients.get(address);
}

function failed(id, error) {
  const found = reading(error.metadata || new grpc.Metadata());
  say(id, 'error', grpc.status[error.code], error.details, found.reason, found.domain, found.wait);
}

function answered(id) {
  return (error, reply) => (error ? failed(id, error) : say(id, 'ok', reply.value));
}

function collecting(id, call, each) {
  const replies = [];
  call.on('data', (message) => {
    replies.push(message.value);
    say(id, 'reply', message.value);
    each();
  });
  call.on('error', (error) => failed(id, error));
  call.on('end', () => say(id, 'ok', ...replies));
}

const verbs = {
  Ask(id, peer, options, texts) {
    return peer.Ask({ value: texts[0] }, options, answered(id));
  },
  Watch(id, peer, options, texts) {
    const call = peer.Watch({ value: texts[0] }, options);
    collecting(id, call, () => {});
    return call;
  },
  Send(id, peer, options, texts) {
    const call = peer.Send(options, answered(id));
    texts.forEach((text) => call.write({ value: text }));
    if (texts[0] !== 'wait') {
      call.end();
    }
    return call;
  },
  // Each text when the one before it was answered: both sides speak in turn.
  Chat(id, peer, options, texts) {
    const call = peer.Chat(options);
    const left = [...texts];
    const next = () => (left.length > 0 ? call.write({ value: left.shift() }) : call.end());
    collecting(id, call, next);
    next();
    return call;
  },
};

readline.createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [id, verb, address, millis, ...texts] = line.split('\t');
    if (verb === 'cancel') {
      calls.get(address).cancel();
    } else {
      const options = { deadline: Date.now() + Number(millis) };
      calls.set(id, verbs[verb](id, client(address), options, texts));
    }
  })
  .on('close', () => process.exit(0));

server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  say('event', 'listening', port);
});
