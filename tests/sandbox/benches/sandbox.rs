//! How fast the sandbox starts, how small it is, how many links it gives, and how both grow. Prints what it measures; judges the three
//! promises: ready within 50 ms, under 20 MB when idle, 10,000 links per second.
//!
//! `cargo bench -p valify-sandbox` (`-- --quick` stops at 10,000 sessions). The client shares the machine's cores with what it measures.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

const BINARY: &str = env!("CARGO_BIN_EXE_valify-sandbox");
const BODY: &str = r#"{"return_url":"https://shop.example/back?order=1","reference_id":"user-1","expires_at":"2099-01-14T07:57:54.972Z"}"#;
const CONNECTIONS: usize = 16;

struct Sandbox {
    child: Child,
    address: String,
    started_in: Duration,
}

impl Sandbox {
    fn start(arguments: &[&str]) -> Self {
        let begun = Instant::now();
        let mut child = Command::new(BINARY)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let started_in = begun.elapsed();
        let address = line.trim().rsplit("http://").next().unwrap_or_default().to_owned();
        Self { child, address, started_in }
    }

    /// Resident memory in mebibytes.
    fn resident(&self) -> f64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux tells about processes");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("the resident size");
        let kilobytes: f64 = line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number");
        kilobytes / 1024.0
    }

    /// Asks for `count` links over keep-alive connections; gives links per second and the slowest of a hundred.
    fn links(&self, count: usize) -> (f64, Duration) {
        let begun = Instant::now();
        let mut times: Vec<Duration> = std::thread::scope(|scope| {
            let clients: Vec<_> =
                (0..CONNECTIONS).map(|_| scope.spawn(|| ask(&self.address, count / CONNECTIONS))).collect();
            clients.into_iter().flat_map(|client| client.join().expect("a client ends")).collect()
        });
        let seconds = begun.elapsed().as_secs_f64();
        times.sort_unstable();
        (as_f64(times.len()) / seconds, times[times.len() * 99 / 100])
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn as_f64(number: usize) -> f64 {
    f64::from(u32::try_from(number).expect("a bounded number"))
}

/// One connection's requests, each with its time.
fn ask(address: &str, count: usize) -> Vec<Duration> {
    let request = format!(
        "POST /api/link/v1/request/?lang=en HTTP/1.1\r\nHost: {address}\r\nX-Valify-Api-Key: sandbox-key-not-for-production\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_nodelay(true).expect("a socket");
    let mut answer = [0; 4096];
    (0..count)
        .map(|_| {
            let begun = Instant::now();
            stream.write_all(request.as_bytes()).expect("it reads");
            // Every answer is of one piece and ends with the body's closing brace.
            let mut length = 0;
            while answer[..length].last() != Some(&b'}') {
                length += stream.read(&mut answer[length..]).expect("it answers");
            }
            assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer[..length]));
            begun.elapsed()
        })
        .collect()
}

/// The time of one request on a connection of its own.
fn get(address: &str, target: &str) -> Duration {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("it reads");
    stream.read_to_end(&mut Vec::new()).expect("it answers");
    begun.elapsed()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn main() -> ExitCode {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let mut starts: Vec<_> = (0..20).map(|_| Sandbox::start(&[]).started_in).collect();
    starts.sort_unstable();
    let started_in = starts[starts.len() / 2];
    println!(
        "ready after exec: {:.1} ms (median of 20, slowest {:.1} ms)",
        milliseconds(started_in),
        milliseconds(starts[19])
    );

    let sandbox = Sandbox::start(&[]);
    let idle = sandbox.resident();
    println!("resident when idle: {idle:.1} MiB");
    println!(
        "{:>10} {:>12} {:>10} {:>12} {:>12} {:>12}",
        "sessions", "links/s", "p99 ms", "resident MiB", "home ms", "list ms"
    );
    let mut total = 0;
    let mut first_rate = 0.0;
    for goal in if quick { &[10_000][..] } else { &[10_000, 100_000, 1_000_000][..] } {
        let (rate, slow) = sandbox.links(goal - total);
        total = *goal;
        if first_rate == 0.0 {
            first_rate = rate;
        }
        let (home, list) = (get(&sandbox.address, "/"), get(&sandbox.address, "/_sandbox/sessions"));
        println!(
            "{total:>10} {rate:>12.0} {:>10.2} {:>12.1} {:>12.2} {:>12.2}",
            milliseconds(slow),
            sandbox.resident(),
            milliseconds(home),
            milliseconds(list)
        );
    }
    drop(sandbox);
    with_data_folder(if quick { 10_000 } else { 100_000 });

    let kept = [
        ("ready within 50 ms", started_in < Duration::from_millis(50)),
        ("under 20 MB resident when idle", idle * 1.048_576 < 20.0),
        ("10,000 links per second", first_rate >= 10_000.0),
    ];
    for (promise, is_kept) in kept {
        println!("{}: {promise}", if is_kept { "kept" } else { "NOT KEPT" });
    }
    if kept.iter().all(|(_, is_kept)| *is_kept) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The same with everything written down before it is answered.
fn with_data_folder(count: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let data: &Path = folder.path();
    let arguments = ["--data", data.to_str().expect("a name")];
    let sandbox = Sandbox::start(&arguments);
    let (rate, slow) = sandbox.links(count);
    drop(sandbox);
    let again = Sandbox::start(&arguments);
    println!(
        "with --data: {rate:.0} links/s (p99 {:.2} ms) up to {count} sessions; then ready after {:.0} ms",
        milliseconds(slow),
        milliseconds(again.started_in)
    );
}
