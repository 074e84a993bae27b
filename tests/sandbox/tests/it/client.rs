//! A client that sends exactly the bytes it is told to.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Reads a whole answer; nothing if the connection ended before one was complete.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut body = bytes[end + 4..].to_vec();
        let find = |name: &str| headers.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str());
        if find("transfer-encoding") == Some("chunked") {
            body = unchunk(&body)?;
        } else if find("content-length").is_some_and(|length| length.parse().is_ok_and(|length| body.len() < length)) {
            return None;
        }
        Some(Self { status, headers, body })
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("the body is UTF-8")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.body)))
    }
}

fn unchunk(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).ok()?, 16).ok()?;
        let data = bytes.get(end + 2..end + 2 + size)?;
        body.extend_from_slice(data);
        if size == 0 {
            return Some(body);
        }
        bytes = bytes.get(end + 4 + size..)?;
    }
}

/// A request that is built line by line.
#[derive(Clone)]
pub(crate) struct Request {
    head: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        Self { head: format!("{method} {target} HTTP/1.1"), headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves every line of this name out.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(one, _)| one != name);
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn json(self, value: &serde_json::Value) -> Self {
        self.header("Content-Type", "application/json").body(value.to_string())
    }

    /// A form as browsers send it when there is no file.
    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let encode = |text: &str| {
            text.bytes().fold(String::new(), |done, byte| {
                if byte.is_ascii_alphanumeric() {
                    done + &char::from(byte).to_string()
                } else {
                    done + &format!("%{byte:02X}")
                }
            })
        };
        let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        self.header("Content-Type", "application/x-www-form-urlencoded").body(pairs.join("&"))
    }

    /// A form with files: name, file name, content.
    pub(crate) fn multipart(self, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Self {
        const BOUNDARY: &str = "----------------------------boundary";
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        for (name, file_name, content) in files {
            let disposition = format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"");
            body.extend(format!("--{BOUNDARY}\r\n{disposition}\r\nContent-Type: image/png\r\n\r\n").bytes());
            body.extend_from_slice(content);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").bytes());
        self.header("Content-Type", &format!("multipart/form-data; boundary={BOUNDARY}")).body(body)
    }

    fn bytes(&self, host: &str) -> Vec<u8> {
        use std::fmt::Write as _;
        let mut text = format!("{}\r\n", self.head);
        if !self.headers.iter().any(|(name, _)| name == "Host") {
            let _ = write!(text, "Host: {host}\r\n");
        }
        for (name, value) in &self.headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        let _ = write!(text, "Connection: close\r\nContent-Length: {}\r\n\r\n", self.body.len());
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// Sends it over a connection of its own; nothing if no whole answer came.
    pub(crate) fn try_send(&self, address: &str) -> Option<Answer> {
        Answer::parse(&exchange(address, &self.bytes(address)))
    }

    /// Sends it and expects an answer.
    pub(crate) fn send(&self, address: &str) -> Answer {
        self.try_send(address).expect("the sandbox answers")
    }
}

/// Sends bytes and reads until the other side closes; nothing if nobody listens.
pub(crate) fn exchange(address: &str, bytes: &[u8]) -> Vec<u8> {
    let Ok(mut stream) = TcpStream::connect(address) else { return Vec::new() };
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    // A server that has seen enough may close before all is written; what it answered is what counts.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}
