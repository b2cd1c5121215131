//! The bare inserts below `POST /events`, which no function can be faster than: `bare_inserts TENANT FIRST
//! MINUTE SIZExCALLS...` with `MONGODB_URI` set inserts documents as the function stores them, into the same
//! collection. One line of JSON with the time of each size. `bare_inserts TENANT...` removes all of these
//! tenants, what the function has kept for them included; with `DATABASE_URL` set.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::error::Error;
use std::time::Instant;

use bson::{DateTime, Document, doc};
use mongodb::{Client, Collection, Database};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

type Failed = Box<dyn Error>;

/// Collections with documents of a tenant.
const COLLECTIONS: [&str; 3] = ["events", "rollups", "touched"];
/// Tables with rows of a tenant, in an order that foreign keys allow.
const TABLES: [&str; 3] = ["sessions", "users", "tenants"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    let given: Vec<_> = std::env::args().skip(1).collect();
    let client = Client::with_uri_str(std::env::var("MONGODB_URI")?).await?;
    let database = client.default_database();
    let database = database.unwrap_or_else(|| client.database("adology"));
    match &given[..] {
        [tenant, first, minute, sizes @ ..] if !sizes.is_empty() => {
            let events = database.collection("events");
            insert(&events, tenant, first.parse()?, minute, sizes).await
        }
        tenants => remove(&database, tenants).await,
    }
}

async fn insert(
    events: &Collection<Document>,
    tenant: &str,
    first: usize,
    minute: &str,
    sizes: &[String],
) -> Result<(), Failed> {
    let start = OffsetDateTime::parse(&format!("{minute}:00Z"), &Rfc3339)?;
    let start = i64::try_from(start.unix_timestamp_nanos() / 1_000_000)?;
    let mut next = first;
    let mut figures = vec![];
    for size in sizes {
        let (size, calls) = size.split_once('x').ok_or("sizes are such as 100x20")?;
        let (size, calls): (usize, usize) = (size.parse()?, calls.parse()?);
        let batches: Vec<Vec<_>> = (0..calls)
            .map(|nth| {
                let first = next + nth * size;
                (first..first + size)
                    .map(|n| request(tenant, n, start))
                    .collect()
            })
            .collect();
        next += size * calls;
        let begun = Instant::now();
        for batch in batches {
            events.insert_many(batch).ordered(false).await?;
        }
        let seconds = begun.elapsed().as_secs_f64();
        figures.push(json!({"batch": size, "events": size * calls, "seconds": seconds}));
    }
    println!("{}", json!(figures));
    Ok(())
}

/// The n-th request as `stores` keeps it.
fn request(tenant: &str, n: usize, start: i64) -> Document {
    let within = i64::try_from(n % 60_000).unwrap_or_default();
    doc! {
        "_id": format!("{tenant}/e{n}"),
        "tenant": tenant,
        "at": DateTime::from_millis(start + within),
        "received_at": DateTime::from_millis(start),
        "type": "request",
        "service": format!("service-{}", n % 8),
        "method": "GET",
        "path": format!("/v2/items/{}", n % 700),
        "route": "/v2/items/:id",
        "status": 200,
        "response_time_ms": f64::from(u32::try_from(n % 1_000).unwrap_or_default()),
        "user": format!("user-{}", n % 500),
        "bytes": 1_893_i64,
    }
}

async fn remove(database: &Database, tenants: &[String]) -> Result<(), Failed> {
    for name in COLLECTIONS {
        let collection = database.collection::<Document>(name);
        collection
            .delete_many(doc! { "tenant": { "$in": tenants } })
            .await?;
    }
    let url = std::env::var("DATABASE_URL")?;
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;
    // What ends it is told to whoever waits for an answer.
    tokio::spawn(async { drop(connection.await) });
    for table in TABLES {
        let delete = format!("DELETE FROM {table} WHERE tenant = ANY($1)");
        client.execute(&delete, &[&tenants]).await?;
    }
    Ok(())
}
