//! Answers commands.

use std::net::SocketAddr;
use std::time::Duration;

use bson::{Document, RawDocumentBuf};

use super::catalog::{self, Call, Reply};
use super::cursors::Cursors;
use super::request::{Command, Part};
use super::transactions::{Open, Transactions};
use super::{admin, collections, cursors, handshake, indexes, sessions, write_errors};
use crate::engine::{Answer, Engine, Lease, Outcome, Page, Param};
use crate::fault::{CommandError, During, codes};
use crate::wire::Message;

const CONFLICT_ATTEMPTS: u32 = 8;

/// The two ends of a client's connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    /// The address that the client reached us by, which `hello` has to name.
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) connection_id: i32,
}

/// Everything that outlives a connection.
#[derive(Debug)]
pub(crate) struct Service {
    pub(super) engine: Engine,
    pub(super) cursors: Cursors,
    pub(super) transactions: Transactions,
}

impl Service {
    pub(crate) fn new(engine: Engine, connections: usize) -> Self {
        // Half the connections stay free of transactions, or waiting ones could stop everybody.
        let transactions = Transactions::new((connections / 2).max(1));
        Self {
            engine,
            cursors: Cursors::default(),
            transactions,
        }
    }

    /// The reply to one message, be it an error.
    pub(crate) async fn answer(&self, message: &Message, peer: &Peer) -> RawDocumentBuf {
        let result = match Command::parse(message) {
            Ok(command) => self.dispatch(&command, peer).await,
            Err(error) => Err(error),
        };
        result.unwrap_or_else(|error| {
            tracing::debug!(%error, "command.failed");
            encode(&error.to_document())
        })
    }

    /// Closes what clients left behind; never ends.
    pub(crate) async fn sweep(&self) {
        let mut every = tokio::time::interval(Duration::from_secs(5));
        loop {
            every.tick().await;
            self.cursors.sweep();
            self.transactions.sweep();
        }
    }

    async fn dispatch(
        &self,
        command: &Command<'_>,
        peer: &Peer,
    ) -> Result<RawDocumentBuf, CommandError> {
        if let Some(reply) = handshake::answer(command, peer, self.engine.health().is_up()) {
            return Ok(encode(&reply));
        }
        if let Some(reply) = admin::answer(command, peer)? {
            return Ok(encode(&reply));
        }
        match command.name {
            "ping" => admin::ping(&self.engine).await,
            "commitTransaction" => sessions::commit(self, command).await,
            "abortTransaction" => sessions::abort(self, command).await,
            "endSessions" | "killSessions" => sessions::end(self, command),
            "getMore" => cursors::get_more(self, command).await,
            "killCursors" => cursors::kill(self, command).await,
            "createIndexes" => indexes::create(self, command).await,
            "dropIndexes" | "deleteIndexes" => indexes::drop(self, command).await,
            "drop" => collections::drop(self, command).await,
            "dropDatabase" => collections::drop_database(self, command).await,
            name => {
                let call = catalog::find(name).ok_or_else(|| unknown(name))?;
                self.run(command, call).await
            }
        }
    }

    /// Runs a command's statement, in its transaction if it belongs to one.
    async fn run(&self, command: &Command<'_>, call: Call) -> Result<RawDocumentBuf, CommandError> {
        match command.transaction {
            Some(part) => self.run_in_transaction(command, call, part).await,
            None => self.run_alone(command, call).await,
        }
    }

    /// Runs the statement on its own, and again when another writer was faster: the statement is
    /// its own transaction, so a refused one has left nothing behind.
    async fn run_alone(
        &self,
        command: &Command<'_>,
        call: Call,
    ) -> Result<RawDocumentBuf, CommandError> {
        let mut attempt = 1;
        loop {
            let mut lease = self.lease().await?;
            let result = self
                .run_on(&mut lease, command, call, During::Command)
                .await;
            drop(lease);
            match result {
                Err(error) if error.is_conflict() && attempt < CONFLICT_ATTEMPTS => {
                    tokio::time::sleep(Duration::from_millis(1 << attempt)).await;
                    attempt += 1;
                }
                other => return other.map(|(reply, _)| reply),
            }
        }
    }

    /// Runs the statement in its transaction, which any failure ends, write errors included.
    async fn run_in_transaction(
        &self,
        command: &Command<'_>,
        call: Call,
        part: Part,
    ) -> Result<RawDocumentBuf, CommandError> {
        let mut open = self.enter(command, part).await?;
        let result = self
            .run_on(&mut open.lease, command, call, During::Transaction)
            .await;
        match result {
            Ok((reply, true)) => {
                self.transactions.keep(open);
                Ok(reply)
            }
            Ok((reply, false)) => {
                self.transactions.abandon(open).await;
                Ok(reply)
            }
            Err(error) => {
                self.transactions.abandon(open).await;
                Err(error)
            }
        }
    }

    /// Asks one thing in a transaction, which a failure ends.
    pub(super) async fn ask_in_transaction<T: Answer>(
        &self,
        command: &Command<'_>,
        part: Part,
        sql: &'static str,
        params: &[Param<'_>],
    ) -> Result<T, CommandError> {
        let mut open = self.enter(command, part).await?;
        match open.lease.ask(sql, params).await {
            Ok(answer) => {
                self.transactions.keep(open);
                Ok(answer)
            }
            Err(error) => {
                self.transactions.abandon(open).await;
                Err(CommandError::of_engine(error, During::Transaction))
            }
        }
    }

    /// The open transaction that a command belongs to, taken until it is kept or abandoned.
    pub(super) async fn enter(
        &self,
        command: &Command<'_>,
        part: Part,
    ) -> Result<Open, CommandError> {
        let session = command.session.ok_or_else(|| {
            CommandError::new(codes::BAD_VALUE, "a transaction needs a logical session id")
        })?;
        if part.starts {
            self.transactions
                .begin(&self.engine, session, part.number)
                .await
        } else {
            self.transactions.take(session, part.number)
        }
    }

    pub(super) async fn lease(&self) -> Result<Lease, CommandError> {
        self.engine
            .lease()
            .await
            .map_err(|error| CommandError::of_engine(error, During::Command))
    }

    /// The reply, and whether the command did all that it was asked to.
    async fn run_on(
        &self,
        lease: &mut Lease,
        command: &Command<'_>,
        call: Call,
        during: During,
    ) -> Result<(RawDocumentBuf, bool), CommandError> {
        let params = call.given.params(command)?;
        let failed = |error| refine(CommandError::of_engine(error, during), command);
        match call.answer {
            Reply::Document => {
                let reply = lease.ask(call.sql, &params).await.map_err(failed)?;
                Ok((reply, true))
            }
            Reply::Outcome => {
                let outcome: Outcome = lease.ask(call.sql, &params).await.map_err(failed)?;
                let success = outcome.success;
                Ok((write_errors::translate(outcome, command, during)?, success))
            }
            Reply::Page => {
                let page: Page = lease.ask(call.sql, &params).await.map_err(failed)?;
                Ok((self.cursors.open(page, command.database), true))
            }
        }
    }
}

/// Says a duplicate key as MongoDB does.
pub(super) fn refine(mut error: CommandError, command: &Command<'_>) -> CommandError {
    if error.code == codes::DUPLICATE_KEY {
        error.message = crate::fault::duplicate_key_message(&command.namespace(), &error.message);
    }
    error
}

fn unknown(name: &str) -> CommandError {
    CommandError::new(
        codes::COMMAND_NOT_FOUND,
        format!("no such command: '{name}'"),
    )
}

/// The bytes of a reply made here.
pub(super) fn encode(reply: &Document) -> RawDocumentBuf {
    // Only a key with a null byte cannot be encoded, and the keys are ours.
    RawDocumentBuf::try_from(reply).unwrap_or_default()
}
