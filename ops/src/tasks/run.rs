//! The commands, by the HTTP API.

use std::io;

use protocol::http::{SubmittedBody, TaskBody, TasksBody};
use reqwest::Method;
use serde::Serialize;
use time::OffsetDateTime;

use super::args::{List, Submit, Tasks};
use super::input::{InputError, body};
use super::live::LiveError;
use super::shown::{Listed, One};
use super::watch::{Told, watch, watch_mine};
use crate::api::{Api, ApiError};
use crate::table::{Look, Shown, show};

/// Most tasks in a page of the API.
const PAGE: u32 = 100;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum TasksError {
    /// The input is not what it should be.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The API refused, or does not answer.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// Nothing is told live, and there is no other way.
    #[error("no live updates; name tasks to read their histories")]
    Live(#[source] LiveError),
    /// The terminal does not take any more.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Runs a command and prints what came of it; tells whether all is well: what was watched has completed.
pub async fn run(
    tasks: &Tasks,
    api: &Api,
    now: OffsetDateTime,
    json: bool,
) -> Result<bool, TasksError> {
    match tasks {
        Tasks::List(list) => {
            show(&listed(list, api, now).await?, json)?;
            Ok(true)
        }
        Tasks::Show(one) => {
            show(&One(api.task(&one.id).await?), json)?;
            Ok(true)
        }
        Tasks::Cancel(one) => {
            let path = format!("/tasks/{}", one.id);
            let task: TaskBody = api.ask(Method::DELETE, &path, None, None).await?;
            show(&One(task), json)?;
            Ok(true)
        }
        Tasks::Watch(args) => {
            let patience = args.patience.patience.length();
            let told = if json { Told::Lines } else { Told::Text };
            if args.mine {
                watch_mine(api, patience, told).await
            } else {
                watch(&args.ids, api, patience, told).await
            }
        }
        Tasks::Submit(args) => {
            let submitted = submit(args, api).await?;
            told(
                submitted,
                args.wait.then_some(args.patience.patience.length()),
                api,
                json,
            )
            .await
        }
        Tasks::Retry(args) => {
            let path = format!("/tasks/{}/retry", args.id);
            let queued = api.ask(Method::POST, &path, None, None).await?;
            told(
                queued,
                args.wait.then_some(args.patience.patience.length()),
                api,
                json,
            )
            .await
        }
    }
}

async fn submit(args: &Submit, api: &Api) -> Result<SubmittedBody, TasksError> {
    let body = body(args)?;
    // With a key a lost answer makes no second task.
    let key = args.key.clone().unwrap_or_else(|| {
        let random = getrandom::u64().unwrap_or_default();
        format!("ops-{random:016x}")
    });
    Ok(api
        .ask(Method::POST, "/tasks", Some(&body), Some(&key))
        .await?)
}

async fn listed(list: &List, api: &Api, now: OffsetDateTime) -> Result<Listed, ApiError> {
    let most = usize::try_from(list.most).unwrap_or(usize::MAX);
    let (mut tasks, mut cursor) = (Vec::new(), None);
    loop {
        let limit = list.most.min(PAGE).to_string();
        let filters = [
            ("status", list.status.as_deref()),
            ("kind", list.kind.as_deref()),
            ("tag", list.tag.as_deref()),
            ("from", list.from.as_deref()),
            ("to", list.to.as_deref()),
            ("limit", Some(limit.as_str())),
            ("cursor", cursor.as_deref()),
        ];
        let given = filters
            .iter()
            .filter_map(|(name, value)| Some((*name, (*value)?)));
        let page: TasksBody = api.list("/tasks", given.collect()).await?;
        tasks.extend(page.tasks);
        cursor = page.next_cursor;
        if cursor.is_none() || tasks.len() >= most {
            let more = cursor.is_some() || tasks.len() > most;
            tasks.truncate(most);
            return Ok(Listed { tasks, more, now });
        }
    }
}

async fn told(
    submitted: SubmittedBody,
    wait: Option<time::Duration>,
    api: &Api,
    json: bool,
) -> Result<bool, TasksError> {
    let Some(patience) = wait else {
        show(&Queued(submitted), json)?;
        return Ok(true);
    };
    let told = if json { Told::End } else { Told::Text };
    watch(&[submitted.request_id], api, patience, told).await
}

#[derive(Serialize)]
#[serde(transparent)]
struct Queued(SubmittedBody);

impl Shown for Queued {
    fn text(&self, _: Look) -> String {
        format!("queued as {}", self.0.request_id)
    }
}
