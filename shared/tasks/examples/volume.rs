//! Measures the built-in analysis of many texts, as a task meets them, in an upload:
//! `cargo run --release -p tasks --example volume -- FILE COUNT`, where the last field of a line of the
//! file, with tabs between, is a text. The texts are taken again and again, each time with words of
//! their own, until there are enough.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]
#![expect(clippy::cast_precision_loss, reason = "counts are small")]

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use domain::UploadFormat;
use domain::kind::{ProgressSink, Runner, TaskContext};
use domain::task::Progress;
use serde_json::json;
use tasks::{Analyze, AnalyzeNeeds, Provider};
use testkit::build::{self, NOW};
use testkit::memory::{MemoryEvents, MemoryUploads};

struct Deaf;

impl ProgressSink for Deaf {
    fn report(&self, _: Progress) {}
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (path, count) = (arguments.next(), arguments.next());
    let file = std::fs::read_to_string(path.ok_or("name a file")?)?;
    let count: usize = count.ok_or("say how many")?.parse()?;
    let mut text = String::new();
    let texts = file.lines().filter_map(|line| line.rsplit('\t').next());
    for (n, said) in texts.cycle().take(count).enumerate() {
        writeln!(text, "{said} item{} shop{}", n % 9_973, n / 100)?;
    }
    let bytes = text.len();
    let uploads = Arc::new(MemoryUploads::default());
    let (tenant, id) = (build::tenant(), build::upload_id());
    uploads.put(&tenant, id, UploadFormat::Txt, text);
    let analyze = Analyze::new(AnalyzeNeeds {
        uploads,
        texts: Arc::new(MemoryEvents::default()),
        model: None,
        provider: Provider::Builtin,
    });
    let context = TaskContext {
        request_id: build::request_id(),
        tenant,
        started_at: NOW,
        progress: Arc::new(Deaf),
    };
    println!("texts    {count} ({bytes} bytes)");
    println!("before   {}", peak()?);
    let started = Instant::now();
    let result = Runner::run(&analyze, &context, &json!({ "upload_id": id })).await?;
    let seconds = started.elapsed().as_secs_f64();
    println!("seconds  {seconds:.2}");
    println!("texts/s  {:.0}", count as f64 / seconds);
    println!("peak     {}", peak()?);
    println!("result   {} bytes", result.to_string().len());
    println!("written  {}", peak()?);
    println!("{}", result["summary"]["text"]);
    Ok(())
}

/// The most memory that this process has had.
fn peak() -> Result<String, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.ok_or("no peak is told")?.trim().to_owned())
}
