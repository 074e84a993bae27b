//! An integrator's endpoint: records every request to it, and answers as told.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::mpsc::{Receiver, Sender, channel},
    time::Duration,
};

/// A request as it came. A body shorter than its Content-Length was cut.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) whole: bool,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

pub(crate) struct Endpoint {
    pub(crate) url: String,
    received: Receiver<Received>,
    answers: Sender<String>,
}

impl Endpoint {
    /// Listens on a free port. Answers 200 unless [`Endpoint::answer`] has said otherwise for the next requests.
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hooks/valify?x=1", listener.local_addr().unwrap());
        let (tell, received) = channel();
        let (answers, next_answer) = channel::<String>();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let request = read(&mut stream);
                if request.is_some_and(|request| tell.send(request).is_err()) {
                    return;
                }
                let answer = next_answer.try_recv().unwrap_or_else(|_| "200 OK\r\n".to_owned());
                let _ = write!(stream, "HTTP/1.1 {answer}Content-Length: 2\r\nConnection: close\r\n\r\nok");
            }
        });
        Self { url, received, answers }
    }

    /// The status line, and header lines, of the next answer.
    pub(crate) fn answer(&self, head: &str) {
        self.answers.send(format!("{head}\r\n")).unwrap();
    }

    /// The next request.
    pub(crate) fn next(&self) -> Received {
        self.received.recv_timeout(Duration::from_secs(20)).expect("a webhook arrives")
    }

    /// Whatever has arrived by now.
    pub(crate) fn all(&self) -> Vec<Received> {
        self.received.try_iter().collect()
    }
}

fn read(stream: &mut std::net::TcpStream) -> Option<Received> {
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let mut bytes = Vec::new();
    let mut piece = [0; 8192];
    loop {
        if let Some(end) = bytes.windows(4).position(|four: &[u8]| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
            let mut lines = head.split("\r\n");
            let target = lines.next()?.split(' ').nth(1)?.to_owned();
            let headers: Vec<(String, String)> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let length: usize = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
            let mut body = bytes[end + 4..].to_vec();
            while body.len() < length {
                match stream.read(&mut piece) {
                    Ok(read) if read > 0 => body.extend_from_slice(&piece[..read]),
                    _ => break,
                }
            }
            let whole = body.len() == length;
            return Some(Received { target, headers, body, whole });
        }
        match stream.read(&mut piece) {
            Ok(read) if read > 0 => bytes.extend_from_slice(&piece[..read]),
            _ => return None,
        }
    }
}
