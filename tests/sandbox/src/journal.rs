//! The data folder: one `SQLite` file that survives the process being killed at any moment.
//!
//! A thread of its own writes; whatever has come in meanwhile goes into one transaction, and nobody is told "saved" before it is
//! committed. `SQLite`'s write-ahead log with `synchronous = NORMAL` keeps what is committed when the process dies; a machine that loses
//! its power may lose the last moment.

use std::{
    path::Path,
    sync::mpsc::{Receiver, Sender, channel},
};

use anyhow::Context;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use tokio::sync::oneshot;

use crate::{
    session::{Lang, Module, Session},
    store::{Message, NotSaved},
    token::Token,
    webhook::{Attempt, Delivery, DeliveryState},
};

/// The layout of the file. Another number is another layout, which is refused rather than guessed at.
const VERSION: i64 = 1;

const SCHEMA: &str = "
    CREATE TABLE session (
        id INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, reference_id TEXT NOT NULL, return_url TEXT NOT NULL,
        expires_at INTEGER NOT NULL, created_at INTEGER NOT NULL, flow TEXT NOT NULL, modules TEXT NOT NULL,
        lang TEXT NOT NULL, progress TEXT, ended TEXT
    );
    CREATE TABLE delivery (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, session_token TEXT NOT NULL, flow TEXT NOT NULL, url TEXT NOT NULL,
        created_at INTEGER NOT NULL, state TEXT NOT NULL, body BLOB NOT NULL, attempts TEXT NOT NULL
    );
    CREATE TABLE message (id INTEGER PRIMARY KEY, content TEXT NOT NULL);
";

/// A flow as the file knows it: its id, and its modules in case the configuration has it no more.
pub(crate) type FlowName = (Token, Vec<Module>);

/// One change.
pub(crate) enum Write {
    /// A new or changed session.
    Session(Session),
    /// A session's end together with its webhook: both or neither.
    End(Session, Delivery),
    /// A changed delivery.
    Delivery(Delivery),
    /// Deliveries that are no longer kept.
    Forget(Vec<Token>),
    /// A code.
    Message(Message),
    /// Everything goes.
    Reset,
}

/// What the file held.
#[derive(Default)]
pub(crate) struct Loaded {
    /// Sessions in the order of their making; the flow's index is still to be set.
    pub(crate) sessions: Vec<(Session, FlowName)>,
    pub(crate) deliveries: Vec<(Delivery, Token)>,
    pub(crate) messages: Vec<Message>,
}

type Order = (Write, oneshot::Sender<Result<(), NotSaved>>);

/// Takes changes and writes them down.
#[derive(Debug)]
pub(crate) struct Journal {
    orders: Sender<Order>,
}

/// Told when a change is committed.
pub(crate) struct Saving(oneshot::Receiver<Result<(), NotSaved>>);

impl Saving {
    pub(crate) async fn done(self) -> Result<(), NotSaved> {
        self.0.await.unwrap_or(Err(NotSaved))
    }
}

impl Journal {
    /// Opens or makes the folder, for its owner alone, and reads what is in it. A folder that another sandbox uses is refused.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<(Connection, Loaded)> {
        make_private(folder).with_context(|| format!("cannot use the data folder {}", folder.display()))?;
        let connection = connect(&folder.join("sandbox.db"))
            .with_context(|| format!("cannot open the data in {}; is another sandbox using it?", folder.display()))?;
        let loaded = load(&connection).context("the data folder holds something that cannot be read")?;
        Ok((connection, loaded))
    }

    /// Starts to write. `flows` are all flows, by their indexes in sessions.
    pub(crate) fn start(connection: Connection, flows: Vec<FlowName>) -> Self {
        let (orders, received) = channel();
        std::thread::spawn(move || write_all(connection, &received, &flows));
        Self { orders }
    }

    /// Orders a change to be written, in the order of these calls.
    pub(crate) fn write(&self, change: Write) -> Saving {
        let (told, saving) = oneshot::channel();
        // A writer that is gone drops the sender, and the waiting side reads that as not saved.
        let _ = self.orders.send((change, told));
        Saving(saving)
    }
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn connect(path: &Path) -> anyhow::Result<Connection> {
    let connection = Connection::open(path)?;
    // Exclusive: the lock is held as long as the sandbox lives, and a second one is told at its start.
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;
         BEGIN IMMEDIATE; COMMIT;",
    )?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match version {
        VERSION => {}
        0 => connection.execute_batch(&format!("BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;"))?,
        other => anyhow::bail!("its layout has version {other}, this sandbox reads version {VERSION}"),
    }
    Ok(connection)
}

fn write_all(mut connection: Connection, orders: &Receiver<Order>, flows: &[FlowName]) {
    while let Ok(first) = orders.recv() {
        let mut batch = vec![first];
        batch.extend(orders.try_iter().take(4096));
        let resets = batch.iter().any(|(change, _)| matches!(change, Write::Reset));
        let result =
            commit(&mut connection, &batch, flows).and_then(|()| if resets { shrink(&connection) } else { Ok(()) });
        for (_, told) in batch {
            // Nobody waits for some of them.
            let _ = told.send(result.as_ref().map_err(|_| NotSaved).copied());
        }
    }
}

fn commit(connection: &mut Connection, batch: &[Order], flows: &[FlowName]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for (change, _) in batch {
        write_one(&transaction, change, flows)?;
    }
    transaction.commit()
}

/// Leaves no erased byte in the file or its log.
fn shrink(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("VACUUM;")?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).optional().map(|_| ())
}

fn write_one(to: &Transaction<'_>, change: &Write, flows: &[FlowName]) -> rusqlite::Result<()> {
    match change {
        Write::Session(session) => write_session(to, session, flows),
        Write::End(session, delivery) => {
            write_session(to, session, flows)?;
            write_delivery(to, delivery, flows)
        }
        Write::Delivery(delivery) => write_delivery(to, delivery, flows),
        Write::Forget(names) => names.iter().try_for_each(|name| {
            to.prepare_cached("DELETE FROM delivery WHERE name = ?")?.execute([name.to_string()]).map(|_| ())
        }),
        Write::Message(message) => {
            to.prepare_cached("INSERT INTO message (content) VALUES (?)")?.execute([json(message)]).map(|_| ())
        }
        Write::Reset => to.execute_batch("DELETE FROM session; DELETE FROM delivery; DELETE FROM message;"),
    }
}

fn write_session(to: &Transaction<'_>, session: &Session, flows: &[FlowName]) -> rusqlite::Result<()> {
    let (flow, modules) = &flows[usize::from(session.flow)];
    let mut statement = to.prepare_cached(
        "INSERT INTO session (token, reference_id, return_url, expires_at, created_at, flow, modules, lang, progress, ended)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (token) DO UPDATE SET progress = excluded.progress, ended = excluded.ended",
    )?;
    statement.execute(params![
        session.token.to_string(),
        session.reference_id,
        session.return_url,
        session.expires_at,
        session.created_at,
        flow.to_string(),
        json(modules),
        session.lang.name(),
        session.progress.as_ref().map(json),
        session.end.as_ref().map(json),
    ])?;
    Ok(())
}

fn write_delivery(to: &Transaction<'_>, delivery: &Delivery, flows: &[FlowName]) -> rusqlite::Result<()> {
    // The body never changes, so that it is written once.
    let mut statement = to.prepare_cached(
        "INSERT INTO delivery (name, session_token, flow, url, created_at, state, body, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET state = excluded.state, attempts = excluded.attempts",
    )?;
    statement.execute(params![
        delivery.id.to_string(),
        delivery.session_token.to_string(),
        flows[usize::from(delivery.flow)].0.to_string(),
        delivery.url,
        delivery.created_at,
        json(&delivery.state),
        &delivery.body[..],
        json(&delivery.attempts),
    ])?;
    Ok(())
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("the sandbox's own types can be written as JSON")
}

fn load(from: &Connection) -> anyhow::Result<Loaded> {
    Ok(Loaded { sessions: load_sessions(from)?, deliveries: load_deliveries(from)?, messages: load_messages(from)? })
}

fn load_sessions(from: &Connection) -> anyhow::Result<Vec<(Session, FlowName)>> {
    let mut statement = from.prepare(
        "SELECT token, reference_id, return_url, expires_at, created_at, lang, progress, ended, flow, modules FROM session ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        let progress: Option<String> = row.get(6)?;
        let end: Option<String> = row.get(7)?;
        let session = Session {
            token: token(row.get_ref(0)?.as_str()?)?,
            reference_id: row.get::<_, String>(1)?.into(),
            return_url: row.get::<_, String>(2)?.into(),
            expires_at: row.get(3)?,
            created_at: row.get(4)?,
            flow: 0,
            lang: Lang::from_name(row.get_ref(5)?.as_str()?).context("a session's language")?,
            progress: progress.map(|text| serde_json::from_str(&text)).transpose()?,
            end: end.map(|text| serde_json::from_str(&text)).transpose()?,
        };
        let flow = token(row.get_ref(8)?.as_str()?)?;
        sessions.push((session, (flow, serde_json::from_str(row.get_ref(9)?.as_str()?)?)));
    }
    Ok(sessions)
}

fn load_deliveries(from: &Connection) -> anyhow::Result<Vec<(Delivery, Token)>> {
    let mut statement = from.prepare(
        "SELECT name, session_token, url, created_at, state, body, attempts, flow FROM delivery ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut deliveries = Vec::new();
    while let Some(row) = rows.next()? {
        let delivery = Delivery {
            id: token(row.get_ref(0)?.as_str()?)?,
            session_token: token(row.get_ref(1)?.as_str()?)?,
            flow: 0,
            url: row.get(2)?,
            created_at: row.get(3)?,
            state: serde_json::from_str::<DeliveryState>(row.get_ref(4)?.as_str()?)?,
            body: row.get::<_, Vec<u8>>(5)?.into(),
            attempts: serde_json::from_str::<Vec<Attempt>>(row.get_ref(6)?.as_str()?)?,
        };
        deliveries.push((delivery, token(row.get_ref(7)?.as_str()?)?));
    }
    Ok(deliveries)
}

fn load_messages(from: &Connection) -> anyhow::Result<Vec<Message>> {
    let mut statement = from.prepare("SELECT content FROM message ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut messages = Vec::new();
    while let Some(row) = rows.next()? {
        messages.push(serde_json::from_str(row.get_ref(0)?.as_str()?)?);
    }
    Ok(messages)
}

fn token(text: &str) -> anyhow::Result<Token> {
    Token::parse(text).context("a name that is no UUID")
}
