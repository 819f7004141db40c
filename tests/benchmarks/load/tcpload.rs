//! tcpload: many clients of a server on 127.0.0.1, from one core. Linux, standard
//! library only; the few calls that it lacks are declared below.
//!
//!     tcpload MODE port=PORT OPTION=NUMBER ...
//!
//!     echo    clients size reply seconds rate fresh
//!             Each sends a message, waits for so many bytes of reply, and sends the next. With a
//!             rate: all in turn send so many a second in all, whatever comes back, and a trip
//!             counts from when it was due. A reply of the message's size has to be the message.
//!             Without a rate so many in a hundred are fresh, the others what a client always says.
//!     sink    clients size seconds
//!             All send as fast as it is taken, then close their sending side. The clock stops when
//!             the server has closed every connection: all was really read.
//!     fanout  clients size times
//!             One more sends a message, so many times, which the server sends to the others.
//!     slow    clients stuck size bytes
//!             The same until so many bytes are sent, while `stuck` more never read.
//!     storm   at_once seconds
//!             Each connects, closes its sending side, waits for the server's, and begins anew.
//!     rush    clients
//!             All connect at once, send a message and wait until it comes back.
//!     pour    clients rate window
//!             All in turn send so many messages a second in all, until stdin is closed, and read
//!             nothing. Says `connected` when all are. window: bytes that the kernel may keep
//!             unread for each, 0 for what is usual.
//!
//! The last line of output is one JSON object of numbers: of what happened between a warm-up
//! and the end, but for `count`, which is of all. A message is a line.

use std::collections::{HashMap, VecDeque};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::raw::{c_int, c_void};
use std::process::exit;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

const LINE: usize = 64; // what pour and rush send
const CHUNK: usize = 1 << 18; // given to the kernel at once by who sends all he can
const PATIENCE: Duration = Duration::from_secs(15); // with a server that does nothing
const SLICE: Duration = Duration::from_millis(2); // between two bursts of a pour

fn fail(what: &str) -> ! {
    eprintln!("tcpload: {what}");
    exit(1)
}

/// What anything that can go wrong ends in: one line and exit 1.
trait OrFail<T> {
    fn or_fail(self, what: &str) -> T;
}
impl<T, E: std::fmt::Display> OrFail<T> for Result<T, E> {
    fn or_fail(self, what: &str) -> T {
        self.unwrap_or_else(|error| fail(&format!("{what}: {error}")))
    }
}

struct Options(HashMap<String, f64>);
impl Options {
    fn parse(words: impl Iterator<Item = String>) -> Options {
        let one = |word: String| {
            let (name, number) = word.split_once('=').unwrap_or((&word, ""));
            (name.to_string(), number.parse().or_fail(name))
        };
        Options(words.map(one).collect())
    }
    fn number(&self, name: &str) -> f64 {
        *self.0.get(name).unwrap_or_else(|| fail(&format!("no {name}=NUMBER, see the source")))
    }
    fn count(&self, name: &str) -> usize {
        self.number(name) as usize
    }
    fn port(&self) -> u16 {
        self.number("port") as u16
    }
    fn seconds(&self) -> Duration {
        Duration::from_secs_f64(self.number("seconds"))
    }
}

type Said = Vec<(&'static str, f64)>;

fn percentiles(nanoseconds: &mut [u64]) -> Said {
    nanoseconds.sort_unstable();
    let last = nanoseconds.len().checked_sub(1).unwrap_or_else(|| fail("nothing was measured"));
    let at = |share: f64| nanoseconds[(last as f64 * share).round() as usize] as f64 / 1e6;
    vec![("p50_ms", at(0.5)), ("p99_ms", at(0.99)), ("worst_ms", at(1.0))]
}

// ---------------------------------------------------------------- the kernel

#[repr(C)]
#[cfg_attr(target_arch = "x86_64", repr(packed))] // as the kernel's header has it
#[derive(Clone, Copy)]
struct Event {
    events: u32,
    data: u64,
}
#[repr(C)]
struct Address {
    family: u16,
    port: u16,
    host: u32,
    zero: [u8; 8],
}
extern "C" {
    fn epoll_create1(flags: c_int) -> c_int;
    fn epoll_ctl(epoll: c_int, operation: c_int, fd: c_int, event: *mut Event) -> c_int;
    fn epoll_wait(epoll: c_int, events: *mut Event, room: c_int, milliseconds: c_int) -> c_int;
    fn socket(domain: c_int, kind: c_int, protocol: c_int) -> c_int;
    fn connect(fd: c_int, address: *const Address, length: u32) -> c_int;
    fn setsockopt(fd: c_int, level: c_int, name: c_int, value: *const c_void, size: u32) -> c_int;
    fn getsockopt(
        fd: c_int,
        level: c_int,
        name: c_int,
        value: *mut c_void,
        size: *mut u32,
    ) -> c_int;
}
const READABLE: u32 = 1;
const WRITABLE: u32 = 4;
const ADD: c_int = 1;
const REMOVE: c_int = 2;
const CHANGE: c_int = 3;
const INET: c_int = 2;
const STREAM: c_int = 1;
const CLOSE_ON_EXEC: c_int = 0o2000000;
const EINPROGRESS: i32 = 115;
const SOCKET_LEVEL: c_int = 1;
const RECEIVE_BUFFER: c_int = 8;
const TCP_LEVEL: c_int = 6;
const TCP_INFO: c_int = 11;
const TOTAL_RETRANS: usize = 100; // its offset in struct tcp_info of linux/tcp.h

struct Poller {
    fd: c_int,
    events: Vec<Event>,
}
impl Poller {
    fn new() -> Poller {
        let fd = unsafe { epoll_create1(0) };
        if fd < 0 {
            fail("cannot poll");
        }
        Poller { fd, events: vec![Event { events: 0, data: 0 }; 1024] }
    }
    fn of(sockets: &[TcpStream], events: u32) -> Poller {
        let poller = Poller::new();
        for (number, socket) in sockets.iter().enumerate() {
            poller.watch(ADD, socket, number, events);
        }
        poller
    }
    fn watch(&self, operation: c_int, socket: &TcpStream, number: usize, events: u32) {
        let mut event = Event { events, data: number as u64 };
        if unsafe { epoll_ctl(self.fd, operation, socket.as_raw_fd(), &mut event) } != 0 {
            fail("cannot poll a socket");
        }
    }
    /// The numbers of the sockets that are ready, at most so many milliseconds from now.
    fn wait(&mut self, milliseconds: c_int) -> Vec<usize> {
        let room = self.events.len() as c_int;
        let count = unsafe { epoll_wait(self.fd, self.events.as_mut_ptr(), room, milliseconds) };
        let ready = &self.events[..count.max(0) as usize];
        ready.iter().map(|event| event.data as usize).collect()
    }
}

/// A socket that never blocks and whose connection is made or, unless told to wait, under way.
/// window: for its receive buffer, 0 for what is usual.
fn begin(port: u16, window: usize, wait: bool) -> io::Result<TcpStream> {
    let fd = unsafe { socket(INET, STREAM | CLOSE_ON_EXEC, 0) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    let stream = unsafe { TcpStream::from_raw_fd(fd) };
    stream.set_nodelay(true)?;
    stream.set_nonblocking(!wait)?;
    if window > 0 {
        let bytes = window as c_int;
        let value = &bytes as *const c_int as *const c_void;
        unsafe { setsockopt(fd, SOCKET_LEVEL, RECEIVE_BUFFER, value, 4) };
    }
    let host = u32::from(Ipv4Addr::LOCALHOST).to_be();
    let address = Address { family: INET as u16, port: port.to_be(), host, zero: [0; 8] };
    if unsafe { connect(fd, &address, 16) } != 0 {
        let error = io::Error::last_os_error();
        if error.raw_os_error() != Some(EINPROGRESS) {
            return Err(error);
        }
    }
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// How often something had to be sent again on a connection, the first word too.
fn retransmits(socket: &TcpStream) -> u32 {
    let mut info = [0u8; 256];
    let mut length = info.len() as u32;
    let value = info.as_mut_ptr() as *mut c_void;
    unsafe { getsockopt(socket.as_raw_fd(), TCP_LEVEL, TCP_INFO, value, &mut length) };
    u32::from_ne_bytes(info[TOTAL_RETRANS..TOTAL_RETRANS + 4].try_into().unwrap())
}

// ---------------------------------------------------------------- clients

/// Connected sockets, made slowly enough for a server with a short queue.
fn connected(port: u16, clients: usize, window: usize) -> Vec<TcpStream> {
    let one = |number: usize| {
        if number % 8 == 7 {
            thread::sleep(Duration::from_millis(1));
        }
        begin(port, window, true).or_fail("connect")
    };
    (0..clients).map(one).collect()
}

/// Let a server come to rest after so many have connected.
fn settle(clients: usize) {
    thread::sleep(Duration::from_millis(200 + clients as u64 / 20));
}

/// Bytes read, 0 if there are none now.
fn receive(mut socket: &TcpStream, buffer: &mut [u8]) -> usize {
    match socket.read(buffer) {
        Ok(0) => fail("the server closed a connection"),
        Ok(count) => count,
        Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
        Err(error) => fail(&format!("receive: {error}")),
    }
}

/// Bytes that the kernel took.
fn send(mut socket: &TcpStream, data: &[u8]) -> usize {
    match socket.write(data) {
        Ok(count) => count,
        Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
        Err(error) => fail(&format!("send: {error}")),
    }
}

fn send_whole(socket: &TcpStream, data: &[u8]) {
    if send(socket, data) != data.len() {
        fail("the server does not read");
    }
}

/// A line that says who it is from and which one it is, as far as there is room.
fn message(client: usize, number: u64, size: usize) -> Vec<u8> {
    let mut line =
        format!("dev={client:06};temp=21.5;hum=40;seq={number:09};state=ok;").into_bytes();
    line.resize(size - 1, b'x');
    line.push(b'\n');
    line
}

// ---------------------------------------------------------------- modes

fn echo(options: &Options) -> Said {
    let (clients, size) = (options.count("clients"), options.count("size"));
    let (reply, rate) = (options.count("reply"), options.number("rate"));
    let fresh = options.count("fresh");
    let sockets = connected(options.port(), clients, 0);
    settle(clients);
    let always: Vec<_> = (0..clients).map(|client| message(client, 0, size)).collect();
    let mut messages = always.clone();
    let mut poller = Poller::of(&sockets, READABLE);
    let mut due = vec![VecDeque::new(); clients]; // of each: when its unanswered messages were
    let mut got = vec![0; clients];
    let mut buffer = vec![0; reply];
    let mut trips = Vec::new();
    let (mut sent, mut answered) = (0u64, 0u64);
    let start = Instant::now();
    let warm = 100_000_000 + 30_000 * clients as u64; // long enough for a trip of each
    let end = warm + options.seconds().as_nanos() as u64;
    if rate == 0.0 {
        for number in 0..clients {
            due[number].push_back(start.elapsed().as_nanos() as u64);
            send_whole(&sockets[number], &messages[number]);
        }
    }
    loop {
        let now = start.elapsed().as_nanos() as u64;
        if rate > 0.0 {
            let at = |number: u64| (number as f64 * 1e9 / rate) as u64;
            while at(sent) <= now.min(end) {
                let number = sent as usize % clients;
                due[number].push_back(at(sent));
                send_whole(&sockets[number], &messages[number]);
                sent += 1;
            }
        }
        if now > end && (rate == 0.0 || due.iter().all(VecDeque::is_empty)) {
            break;
        }
        if now > end + PATIENCE.as_nanos() as u64 {
            fail("the server does not answer");
        }
        for number in poller.wait(if rate > 0.0 { 0 } else { 50 }) {
            let from = got[number];
            let count = receive(&sockets[number], &mut buffer[from..]);
            if reply == size && buffer[from..from + count] != messages[number][from..from + count] {
                fail("the server replied something else");
            }
            got[number] += count;
            if got[number] < reply {
                continue;
            }
            got[number] = 0;
            answered += 1;
            let now = start.elapsed().as_nanos() as u64;
            let since = due[number].pop_front();
            let since = since.unwrap_or_else(|| fail("the server replied more than it should"));
            if (warm..=end).contains(if rate > 0.0 { &since } else { &now }) {
                trips.push(now - since);
            }
            if rate == 0.0 {
                due[number].push_back(now);
                let turn = answered as usize / clients;
                if (turn + 1) * fresh / 100 > turn * fresh / 100 {
                    messages[number] = message(number, answered, size);
                } else if fresh > 0 {
                    messages[number].clone_from(&always[number]);
                }
                send_whole(&sockets[number], &messages[number]);
            }
        }
    }
    let rate = trips.len() as f64 / options.number("seconds");
    let mut said = percentiles(&mut trips);
    said.extend([("rate", rate), ("count", answered as f64)]);
    said
}

fn sink(options: &Options) -> Said {
    let (clients, size) = (options.count("clients"), options.count("size"));
    let sockets = connected(options.port(), clients, 0);
    settle(clients);
    let source = message(0, 0, size).repeat(CHUNK / size + 2);
    let mut poller = Poller::of(&sockets, READABLE | WRITABLE);
    let mut sent = vec![0u64; clients];
    let mut sending = vec![true; clients];
    let mut open = clients;
    let start = Instant::now();
    while open > 0 {
        let over = start.elapsed() >= options.seconds();
        if start.elapsed() > options.seconds() + PATIENCE {
            fail("the server does not take it all");
        }
        for number in poller.wait(50) {
            let mut socket = &sockets[number];
            if !sending[number] {
                match socket.read(&mut [0]) {
                    Ok(0) => {
                        open -= 1;
                        poller.watch(REMOVE, socket, number, 0);
                    }
                    Ok(_) => fail("the server said something"),
                    Err(error) => fail(&format!("receive: {error}")),
                }
            } else if over {
                sending[number] = false;
                socket.shutdown(Shutdown::Write).or_fail("shutdown");
                poller.watch(CHANGE, socket, number, READABLE);
            } else {
                let from = (sent[number] % size as u64) as usize;
                sent[number] += send(socket, &source[from..from + CHUNK]) as u64;
            }
        }
    }
    let bytes = sent.iter().sum::<u64>() as f64;
    let rate = bytes / start.elapsed().as_secs_f64() / 1e6;
    vec![("rate", rate), ("count", bytes / size as f64)]
}

/// Clients that should all hear what one of them, the last, says.
struct Audience {
    sockets: Vec<TcpStream>,
    poller: Poller,
    buffer: Vec<u8>,
}
impl Audience {
    fn new(port: u16, clients: usize) -> Audience {
        let sockets = connected(port, clients + 1, 0);
        let poller = Poller::of(&sockets, READABLE);
        Audience { sockets, poller, buffer: vec![0; CHUNK] }
    }
    /// Nanoseconds until the last has heard it.
    fn hear(&mut self, message: &[u8]) -> u64 {
        let speaker = self.sockets.len() - 1;
        let mut missing = vec![message.len(); speaker];
        let mut deaf = speaker;
        let mut said = 0;
        let start = Instant::now();
        while deaf > 0 {
            if said < message.len() {
                said += send(&self.sockets[speaker], &message[said..]);
            }
            for number in self.poller.wait(if said < message.len() { 0 } else { 50 }) {
                let count = receive(&self.sockets[number], &mut self.buffer);
                if number < speaker && missing[number] > 0 {
                    missing[number] = missing[number].saturating_sub(count);
                    deaf -= usize::from(missing[number] == 0);
                }
            }
            if start.elapsed() > PATIENCE {
                fail("not everybody has heard it");
            }
        }
        start.elapsed().as_nanos() as u64
    }
}

fn fanout(options: &Options) -> Said {
    let clients = options.count("clients");
    let mut audience = Audience::new(options.port(), clients);
    settle(clients);
    let message = message(0, 0, options.count("size"));
    audience.hear(&message);
    let mut times = Vec::new();
    for _ in 0..options.count("times") {
        thread::sleep(Duration::from_millis(30));
        times.push(audience.hear(&message));
    }
    percentiles(&mut times)
}

fn slow(options: &Options) -> Said {
    let (clients, stuck) = (options.count("clients"), options.count("stuck"));
    let mut audience = Audience::new(options.port(), clients);
    let _stuck = connected(options.port(), stuck, 4096);
    settle(clients + stuck);
    let message = message(0, 0, options.count("size"));
    let times = options.count("bytes") / message.len();
    percentiles(&mut (0..times).map(|_| audience.hear(&message)).collect::<Vec<_>>())
}

fn storm(options: &Options) -> Said {
    let port = options.port();
    let mut poller = Poller::new();
    let mut slots: Vec<Option<(TcpStream, bool)>> = Vec::new(); // has it closed its sending side?
    slots.resize_with(options.count("at_once"), || None);
    let (mut done, mut failed) = (0u64, 0u64);
    let start = Instant::now();
    loop {
        if start.elapsed() < options.seconds() {
            for (number, slot) in slots.iter_mut().enumerate().filter(|(_, slot)| slot.is_none()) {
                match begin(port, 0, false) {
                    Ok(socket) => {
                        poller.watch(ADD, &socket, number, READABLE | WRITABLE);
                        *slot = Some((socket, false));
                    }
                    Err(_) => failed += 1,
                }
            }
        } else if slots.iter().all(Option::is_none) {
            break;
        }
        if start.elapsed() > options.seconds() + PATIENCE {
            failed += slots.iter().flatten().count() as u64;
            break;
        }
        for number in poller.wait(50) {
            let Some((socket, closed)) = &mut slots[number] else { continue };
            if !*closed && matches!(socket.take_error(), Ok(None)) {
                *closed = socket.shutdown(Shutdown::Write).is_ok();
                poller.watch(CHANGE, socket, number, READABLE);
                continue;
            }
            match socket.read(&mut [0]) {
                Ok(0) if *closed => done += 1,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                _ => failed += 1,
            }
            slots[number] = None;
        }
    }
    let rate = done as f64 / start.elapsed().as_secs_f64();
    vec![("rate", rate), ("count", done as f64), ("failed", failed as f64)]
}

fn rush(options: &Options) -> Said {
    let clients = options.count("clients");
    let mut poller = Poller::new();
    let mut missing = vec![LINE; clients];
    let mut sent = vec![false; clients];
    let mut answered = 0;
    let mut buffer = [0; LINE];
    let start = Instant::now();
    let one = |number: usize| {
        let socket = begin(options.port(), 0, false).or_fail("connect");
        poller.watch(ADD, &socket, number, WRITABLE);
        socket
    };
    let sockets: Vec<_> = (0..clients).map(one).collect();
    while answered < clients && start.elapsed() < PATIENCE {
        for number in poller.wait(50) {
            let socket = &sockets[number];
            if sent[number] {
                missing[number] -= receive(socket, &mut buffer[..missing[number]]);
                if missing[number] == 0 {
                    answered += 1;
                    poller.watch(REMOVE, socket, number, 0);
                }
            } else {
                send_whole(socket, &message(number, 0, LINE));
                sent[number] = true;
                poller.watch(CHANGE, socket, number, READABLE);
            }
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let repeated = sockets.iter().filter(|socket| retransmits(socket) > 0).count();
    let unanswered = (clients - answered) as f64;
    vec![("seconds", seconds), ("repeated", repeated as f64), ("unanswered", unanswered)]
}

fn pour(options: &Options) -> Said {
    let (port, clients, rate) = (options.port(), options.count("clients"), options.number("rate"));
    let mut sockets = connected(port, clients, options.count("window"));
    for socket in &sockets {
        socket.set_nonblocking(false).or_fail("blocking");
    }
    say("connected");
    let stop = at_the_end_of_stdin();
    let mut sent = 0u64;
    let from = Instant::now();
    while !stop.load(Relaxed) {
        let due = (from.elapsed().as_secs_f64() * rate) as u64;
        while sent < due && !stop.load(Relaxed) {
            let client = sent as usize % clients;
            sockets[client].write_all(&message(client, sent, LINE)).or_fail("send");
            sent += 1;
        }
        thread::sleep(SLICE);
    }
    let seconds = from.elapsed().as_secs_f64();
    let taken = (sent - unread(port) / LINE as u64) as f64;
    vec![("rate", taken / seconds), ("count", taken), ("share", taken / sent.max(1) as f64)]
}

fn at_the_end_of_stdin() -> Arc<AtomicBool> {
    let ended = Arc::new(AtomicBool::new(false));
    let flag = ended.clone();
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        flag.store(true, Relaxed);
    });
    ended
}

/// Bytes that the kernel took for the server and the server has not read.
fn unread(port: u16) -> u64 {
    let table = std::fs::read_to_string("/proc/net/tcp").or_fail("/proc/net/tcp");
    let local = format!(":{port:04X}");
    let of = |line: &str| -> Option<u64> {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (address, state, queues) = (fields.get(1)?, fields.get(3)?, fields.get(4)?);
        let listening = *state == "0A"; // its queue is of connections, not of bytes
        if listening || !address.ends_with(&local) {
            return None;
        }
        u64::from_str_radix(queues.split_once(':')?.1, 16).ok()
    };
    table.lines().filter_map(of).sum()
}

fn say(what: &str) {
    println!("{what}");
    io::stdout().flush().or_fail("stdout");
}

fn main() {
    let mut words = std::env::args().skip(1);
    let mode = match words.next().as_deref() {
        Some("echo") => echo,
        Some("sink") => sink,
        Some("fanout") => fanout,
        Some("slow") => slow,
        Some("storm") => storm,
        Some("rush") => rush,
        Some("pour") => pour,
        _ => fail("no such mode, see the source"),
    };
    let said = mode(&Options::parse(words));
    let fields: Vec<_> =
        said.iter().map(|(name, number)| format!("\"{name}\": {number}")).collect();
    say(&format!("{{{}}}", fields.join(", ")));
}
