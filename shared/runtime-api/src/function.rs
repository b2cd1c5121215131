//! A function that can be invoked and killed.

use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use serde_json::Value;
use tokio::sync::Mutex;

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
    process: Mutex<Option<Process>>,
    hold: StdMutex<Option<Hold>>,
    lines: Lines,
}

/// One execution environment of a function: it handles one event at a time, in a process that is
/// kept warm and replaced when it has died. Several at once are several of these.
#[derive(Clone)]
pub struct Function(Arc<Inner>);

/// Kills a function's present process from anywhere.
#[derive(Clone)]
pub struct Killer(Arc<Inner>);

impl Function {
    /// A function that is not running yet.
    pub fn new(setup: Setup) -> Self {
        Self(Arc::new(Inner {
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
        self.running(&mut *self.0.process.lock().await).await
    }

    /// Hands over an event and gives the answer; starts a process first where there is none.
    pub async fn invoke(&self, event: Value) -> Result<Value, Failed> {
        let mut slot = self.0.process.lock().await;
        self.running(&mut slot).await?;
        let Some(process) = slot.as_mut() else {
            return Err(Failed::Died);
        };
        let timeout = self.0.setup.timeout;
        let invoked = tokio::time::timeout(timeout, process.invoke(event, timeout)).await;
        match invoked {
            Ok(Some(Ok(answer))) => Ok(answer),
            Ok(Some(Err(error))) => Err(Failed::Reported(error)),
            Ok(None) => {
                *slot = None;
                Err(Failed::Died)
            }
            Err(_) => {
                *slot = None;
                self.kill9().await;
                Err(Failed::TimedOut)
            }
        }
    }

    async fn running(&self, slot: &mut Option<Process>) -> Result<(), Failed> {
        if slot.as_ref().is_some_and(Process::is_alive) {
            return Ok(());
        }
        let process = Process::start(&self.0.setup, &self.0.lines).await;
        let process = process.map_err(Failed::NotStarted)?;
        *self.0.hold.lock().unwrap_or_else(PoisonError::into_inner) = Some(process.hold());
        *slot = Some(process);
        Ok(())
    }

    /// The system's id of the present process.
    pub async fn process_id(&self) -> Option<u32> {
        let slot = self.0.process.lock().await;
        slot.as_ref().and_then(Process::id)
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
