//! A function that can be invoked and killed.

use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use serde_json::Value;
use tokio::sync::{Mutex, Semaphore};

use crate::process::{Hold, Lines, Process, Setup};

/// Why there is no answer to an event.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failed {
    /// The process ended in the middle of it.
    #[error("the process died")]
    Died,
    /// The function itself reported an error.
    #[error("the function reported {0}")]
    Reported(Value),
    /// The time for one invocation ran out; the process was killed, as Lambda does.
    #[error("the invocation took too long")]
    TimedOut,
    /// No process came up.
    #[error("the function did not start: {0}")]
    NotStarted(String),
}

struct Inner {
    setup: Setup,
    process: Mutex<Option<Arc<Process>>>,
    turns: Semaphore,
    hold: StdMutex<Option<Hold>>,
    lines: Lines,
}

/// One execution environment of a function: it handles one event at a time, or as many as it is set up
/// for, in a process that is kept warm and replaced when it has died. Several are several of these.
#[derive(Clone)]
pub struct Function(Arc<Inner>);

/// Kills a function's present process from anywhere.
#[derive(Clone)]
pub struct Killer(Arc<Inner>);

impl Function {
    /// A function that is not running yet.
    pub fn new(setup: Setup) -> Self {
        Self(Arc::new(Inner {
            turns: Semaphore::new(setup.at_once.max(1)),
            setup,
            process: Mutex::default(),
            hold: StdMutex::default(),
            lines: Lines::default(),
        }))
    }

    /// A function whose process has started and asks for its first event.
    pub async fn spawn(setup: Setup) -> Result<Self, Failed> {
        let function = Self::new(setup);
        function.start().await?;
        Ok(function)
    }

    /// Has a process up. Until it is, the function cannot be killed.
    pub async fn start(&self) -> Result<(), Failed> {
        self.running().await.map(drop)
    }

    /// Hands over an event and gives the answer; starts a process first where there is none.
    pub async fn invoke(&self, event: Value) -> Result<Value, Failed> {
        // Nobody closes it, so there always is a turn.
        let _turn = self.0.turns.acquire().await;
        let process = self.running().await?;
        let timeout = self.0.setup.timeout;
        let invoked = tokio::time::timeout(timeout, process.invoke(event, timeout)).await;
        match invoked {
            Ok(Some(Ok(answer))) => Ok(answer),
            Ok(Some(Err(error))) => Err(Failed::Reported(error)),
            Ok(None) => Err(Failed::Died),
            Err(_) => {
                self.kill9().await;
                Err(Failed::TimedOut)
            }
        }
    }

    async fn running(&self) -> Result<Arc<Process>, Failed> {
        let mut slot = self.0.process.lock().await;
        if let Some(process) = slot.as_ref().filter(|process| process.is_alive()) {
            return Ok(Arc::clone(process));
        }
        let process = Process::start(&self.0.setup, &self.0.lines).await;
        let process = process.map_err(Failed::NotStarted)?;
        *self.0.hold.lock().unwrap_or_else(PoisonError::into_inner) = Some(process.hold());
        let process = Arc::new(process);
        *slot = Some(Arc::clone(&process));
        Ok(process)
    }

    /// The system's id of the present process.
    pub async fn process_id(&self) -> Option<u32> {
        let slot = self.0.process.lock().await;
        slot.as_ref().and_then(|process| process.id())
    }

    /// Kills the process by SIGKILL and returns when it is gone.
    pub async fn kill9(&self) {
        self.killer().kill9().await;
    }

    /// A handle to kill with.
    pub fn killer(&self) -> Killer {
        Killer(Arc::clone(&self.0))
    }

    /// What its processes have written to standard output and error.
    pub fn log(&self) -> Vec<String> {
        let lines = self.0.lines.lock();
        lines.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Killer {
    /// Kills the process by SIGKILL and returns when it is gone.
    pub async fn kill9(&self) {
        let hold = self.0.hold.lock();
        let hold = hold.unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(hold) = hold {
            hold.kill().await;
        }
    }
}
