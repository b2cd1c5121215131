//! Log lines: JSON on standard output, one object for each invocation.
//!
//! The outermost span is the invocation. What is logged inside is kept as a note of it, and the
//! spans inside, such as one for each task of a batch, as its parts with their durations. The event
//! with the target [`SUMMARY`] then writes all of it as one line. What happens outside of any
//! invocation, or after its line, gets a line of its own; notes that no summary takes along, since a
//! panic went through, are written when the span closes.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use domain::ports::Clock;
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;
use tracing::span::{Attributes, Record};
use tracing::{Event, Id, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use crate::fields::{Fields, merge};

/// The target of the event that says how an invocation ended.
pub const SUMMARY: &str = "summary";

/// Most notes, and most parts, of one invocation: with them a line stays far below the 256 KB that
/// `CloudWatch` takes
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>).
const MOST: usize = 100;

/// Writes the lines.
pub struct Lines<W> {
    writer: W,
    clock: Arc<dyn Clock>,
}

/// What is known of a span.
struct Known {
    fields: Map<String, Value>,
    started: Instant,
}

/// What is known of an invocation beside its fields.
struct Invocation {
    notes: Kept,
    parts: Kept,
    /// The level of the most severe note.
    level: Level,
    told: bool,
}

impl Invocation {
    fn begin() -> Self {
        Self {
            notes: Kept::default(),
            parts: Kept::default(),
            level: Level::TRACE,
            told: false,
        }
    }
}

/// The first of many.
#[derive(Default)]
struct Kept {
    first: Vec<Value>,
    more: usize,
}

impl Kept {
    fn push(&mut self, one: Map<String, Value>) {
        if self.first.len() < MOST {
            self.first.push(Value::Object(one));
        } else {
            self.more += 1;
        }
    }

    fn tell(&mut self, line: &mut Map<String, Value>, name: &str) {
        if !self.first.is_empty() {
            line.insert(name.into(), std::mem::take(&mut self.first).into());
        }
        if self.more > 0 {
            line.insert(format!("{name}_left_out"), self.more.into());
        }
    }
}

impl<W> Lines<W> {
    /// Writes to what `writer` makes.
    pub fn new(writer: W, clock: Arc<dyn Clock>) -> Self {
        Self { writer, clock }
    }
}

impl<W: for<'w> MakeWriter<'w>> Lines<W> {
    /// In one write, so that lines of several threads do not mix. A log that cannot be written has
    /// nowhere to say so.
    fn write(&self, level: Level, rest: Map<String, Value>) {
        let mut line = Map::new();
        let now = self.clock.now().format(&Rfc3339).unwrap_or_default();
        line.insert("timestamp".into(), now.into());
        line.insert("level".into(), level.as_str().into());
        merge(&mut line, rest);
        let mut text = Value::Object(line).to_string();
        text.push('\n');
        let _ = self.writer.make_writer().write_all(text.as_bytes());
    }
}

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber + for<'l> LookupSpan<'l>,
    W: for<'w> MakeWriter<'w> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if span.parent().is_none() {
            span.extensions_mut().insert(Invocation::begin());
        }
        span.extensions_mut().insert(Known {
            fields: fields.into_map(),
            started: Instant::now(),
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(known) = span.extensions_mut().get_mut::<Known>() {
            known.fields.extend(fields.into_map());
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut said = Fields::default();
        event.record(&mut said);
        let (level, said) = (*event.metadata().level(), said.into_map());
        let spans: Vec<_> = context.event_scope(event).into_iter().flatten().collect();
        let Some((root, inner)) = spans.split_last() else {
            return self.write(level, said);
        };
        let mut extensions = root.extensions_mut();
        let Some(invocation) = extensions.get_mut::<Invocation>() else {
            return;
        };
        if event.metadata().target() == SUMMARY {
            invocation.told = true;
            // The more severe is the lesser.
            let level = level.min(invocation.level);
            let mut line = said;
            invocation.notes.tell(&mut line, "notes");
            invocation.parts.tell(&mut line, "parts");
            merge(&mut line, fields_of(extensions.get_mut::<Known>()));
            drop(extensions);
            return self.write(level, line);
        }
        let told = invocation.told;
        let mut line = said;
        for span in inner {
            merge(
                &mut line,
                fields_of(span.extensions_mut().get_mut::<Known>()),
            );
        }
        if told {
            merge(&mut line, fields_of(extensions.get_mut::<Known>()));
            drop(extensions);
            self.write(level, line);
        } else {
            line.insert("level".into(), level.as_str().into());
            invocation.level = level.min(invocation.level);
            invocation.notes.push(line);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        match span.scope().last().filter(|root| root.id() != id) {
            Some(root) => close_part(&span, &root),
            None => self.close_invocation(&span),
        }
    }
}

impl<W: for<'w> MakeWriter<'w>> Lines<W> {
    /// An invocation that ended without a summary.
    fn close_invocation<'l, S: LookupSpan<'l>>(&self, span: &SpanRef<'l, S>) {
        let mut extensions = span.extensions_mut();
        let Some(mut invocation) = extensions.remove::<Invocation>() else {
            return;
        };
        if invocation.told || invocation.notes.first.is_empty() {
            return;
        }
        let mut line = Map::from_iter([("message".into(), json!("broken off"))]);
        invocation.notes.tell(&mut line, "notes");
        invocation.parts.tell(&mut line, "parts");
        merge(&mut line, fields_of(extensions.get_mut::<Known>()));
        drop(extensions);
        self.write(Level::ERROR, line);
    }
}

fn close_part<'l, S: LookupSpan<'l>>(span: &SpanRef<'l, S>, root: &SpanRef<'l, S>) {
    let Some(known) = span.extensions_mut().remove::<Known>() else {
        return;
    };
    let mut part = known.fields;
    part.insert("part".into(), span.name().into());
    let duration_ms = known.started.elapsed().as_secs_f64() * 1_000.0;
    part.insert("duration_ms".into(), duration_ms.into());
    if let Some(invocation) = root.extensions_mut().get_mut::<Invocation>() {
        invocation.parts.push(part);
    }
}

fn fields_of(known: Option<&mut Known>) -> Map<String, Value> {
    known.map(|known| known.fields.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
