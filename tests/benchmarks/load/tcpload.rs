//! tcpload: many clients of a server on 127.0.0.1, from one core. Linux, standard
//! library only; the three calls that it lacks are declared below.
//!
//!     tcpload echo PORT CLIENTS SECONDS REPLY   each client sends a message, waits for the
//!                                               reply of so many bytes, and sends the next
//!     tcpload pour PORT CLIENTS RATE            all clients in turn send so many messages a
//!                                               second in all, until stdin is closed
//!
//! A message is a line of 64 bytes. A reply of 64 bytes has to be the message itself.
//! pour says `connected` when all are. The last line of output is the rate that was reached,
//! without a warm-up, and how many there were in all.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::fd::AsRawFd;
use std::os::raw::c_int;
use std::process::exit;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

const MESSAGE: usize = 64;
const WARM_UP: Duration = Duration::from_millis(100);
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

// ---------------------------------------------------------------- epoll

#[repr(C)]
#[cfg_attr(target_arch = "x86_64", repr(packed))] // as the kernel's header has it
#[derive(Clone, Copy)]
struct Event {
    events: u32,
    data: u64,
}
extern "C" {
    fn epoll_create1(flags: c_int) -> c_int;
    fn epoll_ctl(epoll: c_int, operation: c_int, fd: c_int, event: *mut Event) -> c_int;
    fn epoll_wait(epoll: c_int, events: *mut Event, room: c_int, milliseconds: c_int) -> c_int;
}
const READABLE: u32 = 1;
const ADD: c_int = 1;

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
    fn add(&self, socket: &TcpStream, number: usize) {
        let mut event = Event { events: READABLE, data: number as u64 };
        if unsafe { epoll_ctl(self.fd, ADD, socket.as_raw_fd(), &mut event) } != 0 {
            fail("cannot poll a socket");
        }
    }
    /// The numbers of the sockets that have something to read, at most 50 ms from now.
    fn wait(&mut self) -> Vec<usize> {
        let room = self.events.len() as c_int;
        let count = unsafe { epoll_wait(self.fd, self.events.as_mut_ptr(), room, 50) };
        let ready = &self.events[..count.max(0) as usize];
        ready.iter().map(|event| event.data as usize).collect()
    }
}

// ---------------------------------------------------------------- clients

fn connect(port: u16, clients: usize) -> Vec<TcpStream> {
    let one = |_| {
        let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).or_fail("connect");
        socket.set_nodelay(true).or_fail("nodelay");
        socket
    };
    (0..clients).map(one).collect()
}

/// A line that says who it is from and which one it is.
fn message(client: usize, number: u64) -> Vec<u8> {
    let mut line = format!("dev={client:06};temp=21.5;hum=40;seq={number:09};state=ok;");
    while line.len() < MESSAGE - 1 {
        line.push('x');
    }
    line.push('\n');
    line.into_bytes()
}

fn echo(port: u16, clients: usize, seconds: f64, reply: usize) -> (f64, u64) {
    let mut sockets = connect(port, clients);
    let mut poller = Poller::new();
    let mut got = vec![0; clients];
    let messages: Vec<_> = (0..clients).map(|client| message(client, 0)).collect();
    for (number, socket) in sockets.iter_mut().enumerate() {
        socket.set_nonblocking(true).or_fail("non-blocking");
        poller.add(socket, number);
        socket.write_all(&messages[number]).or_fail("send");
    }
    let mut buffer = vec![0; 1 << 16];
    let mut rounds = 0u64;
    let mut from = (Instant::now(), 0);
    let mut warm = false;
    loop {
        let elapsed = from.0.elapsed();
        if !warm && elapsed >= WARM_UP {
            (warm, from) = (true, (Instant::now(), rounds));
        } else if warm && elapsed.as_secs_f64() >= seconds {
            return ((rounds - from.1) as f64 / elapsed.as_secs_f64(), rounds);
        }
        for number in poller.wait() {
            let count = match sockets[number].read(&mut buffer) {
                Ok(0) => fail("the server closed a connection"),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => fail(&format!("receive: {error}")),
            };
            let end = got[number] + count;
            if end > reply {
                fail("the server replied more than it should");
            }
            if reply == MESSAGE && buffer[..count] != messages[number][got[number]..end] {
                fail("the server replied something else");
            }
            got[number] = end;
            if end == reply {
                got[number] = 0;
                rounds += 1;
                sockets[number].write_all(&messages[number]).or_fail("send");
            }
        }
    }
}

fn pour(port: u16, clients: usize, rate: f64) -> (f64, u64) {
    let mut sockets = connect(port, clients);
    say("connected");
    let stop = at_the_end_of_stdin();
    let mut sent = 0u64;
    let from = Instant::now();
    while !stop.load(Relaxed) {
        let due = (from.elapsed().as_secs_f64() * rate) as u64;
        while sent < due && !stop.load(Relaxed) {
            let client = sent as usize % clients;
            sockets[client].write_all(&message(client, sent)).or_fail("send");
            sent += 1;
        }
        thread::sleep(SLICE);
    }
    let seconds = from.elapsed().as_secs_f64();
    let taken = sent - unread(port) / MESSAGE as u64;
    (taken as f64 / seconds, taken)
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
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize| -> f64 {
        let word = arguments.get(place).map_or("", String::as_str);
        word.parse().or_fail("arguments: MODE and numbers, see the source")
    };
    let (port, clients) = (number(1) as u16, number(2) as usize);
    let (rate, count) = match arguments[0].as_str() {
        "echo" => echo(port, clients, number(3), number(4) as usize),
        "pour" => pour(port, clients, number(3)),
        _ => fail("the modes are echo and pour"),
    };
    say(&format!("{rate:.1} {count}"));
}
