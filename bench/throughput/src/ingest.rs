//! Takes events in, as a caller of `POST /events` has it done.

use std::time::Instant;

use runtime_api::Function;
use serde_json::{Value, json};

use crate::call::call;
use crate::plan::{Failed, Ingest};

/// Makes the calls, one after the other, and gives the time of each size.
pub(crate) async fn run(run: &Ingest) -> Result<Value, Failed> {
    let api = Function::spawn(run.program.setup()).await?;
    let mut next = run.first;
    let mut figures = vec![];
    for batches in &run.batches {
        let bodies: Vec<_> = (0..batches.calls)
            .map(|nth| {
                let first = next + nth * batches.size;
                let events = first..first + batches.size;
                let events: Vec<_> = events.map(|n| request(n, &run.minute)).collect();
                json!({ "events": events })
            })
            .collect();
        next += batches.calls * batches.size;
        let begun = Instant::now();
        for body in &bodies {
            let answer = call(&api, &run.event, body, 200).await?;
            if answer["accepted"] != batches.size {
                return Err(Failed::Answer(answer));
            }
        }
        let seconds = begun.elapsed().as_secs_f64();
        let events = batches.calls * batches.size;
        figures.push(json!({"batch": batches.size, "events": events, "seconds": seconds}));
    }
    api.kill9().await;
    Ok(json!(figures))
}

/// One of the requests that a site has in a minute.
fn request(n: usize, minute: &str) -> Value {
    json!({
        "id": format!("e{n}"),
        "type": "request",
        "at": format!("{minute}:{:02}.{:03}Z", n / 1_000 % 60, n % 1_000),
        "service": format!("service-{}", n % 8),
        "user": format!("user-{}", n % 500),
        "method": "GET",
        "path": format!("/v2/items/{}", n % 700),
        "status": 200,
        "bytes": 1_893,
        "response_time_ms": n % 1_000,
    })
}
