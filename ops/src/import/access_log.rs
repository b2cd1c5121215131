//! Access logs of nginx, Apache and their like: the Common Log Format, or the Combined one, which ends
//! in the referer and the user agent; either with the time that the answer took after all that.
//!
//! <https://httpd.apache.org/docs/2.4/logs.html#accesslog>

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const TIME: &[BorrowedFormatItem<'_>] = format_description!(
    "[day]/[month repr:short]/[year]:[hour]:[minute]:[second] [offset_hour sign:mandatory][offset_minute]"
);

/// A line of an access log. `-` in the log is nothing here.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Who asked: an address or a host's name.
    pub host: String,
    /// The user who was signed in.
    pub user: Option<String>,
    /// When the request came in.
    pub at: OffsetDateTime,
    /// The request's first line as it came, for example `GET / HTTP/1.1`.
    pub request: String,
    /// The status code answered.
    pub status: u16,
    /// Size of the answer's body.
    pub bytes: Option<u64>,
    /// Referer and user agent, in the Combined format.
    pub agent: Option<(String, String)>,
    /// How long the answer took, in the log's own unit.
    pub took: Option<f64>,
}

impl Entry {
    /// Reads a line; tells what is wrong with one that is none.
    pub fn parse(line: &str) -> Result<Self, &'static str> {
        let rest = &mut &*line;
        let host = word(rest).ok_or("it has no host")?;
        word(rest).ok_or("it ends after the host")?;
        let (user, after) = rest
            .split_once(" [")
            .ok_or("it has no time in square brackets")?;
        let (at, after) = after
            .split_once(']')
            .ok_or("the time's bracket is not closed")?;
        let at = OffsetDateTime::parse(at, TIME)
            .map_err(|_| "its time is not like 31/Dec/2025:23:59:59 +0000")?;
        *rest = after.trim_start_matches(' ');
        let request = quoted(rest).ok_or("it has no request in quotes after its time")?;
        let status = word(rest).and_then(|status| status.parse().ok());
        let status = status.ok_or("it has no status code after the request")?;
        let bytes = match word(rest).ok_or("it has no size after the status code")? {
            "-" => None,
            size => Some(size.parse().map_err(|_| "its size is not a number")?),
        };
        let agent = match quoted(rest) {
            Some(referer) => {
                let agent = quoted(rest).ok_or("it has a referer, and no user agent after that")?;
                Some((referer.into_owned(), agent.into_owned()))
            }
            None => None,
        };
        let took = match word(rest) {
            None | Some("-") => None,
            Some(took) => {
                Some(number(took).ok_or("what follows is not a time that the answer took")?)
            }
        };
        if !rest.is_empty() {
            return Err("something follows that is not of the Common or Combined Log Format");
        }
        Ok(Self {
            host: host.into(),
            user: Some(user).filter(|user| *user != "-").map(str::to_owned),
            at,
            request: request.into_owned(),
            status,
            bytes,
            agent,
            took,
        })
    }

    /// Method and path, without the query, which may hold secrets. Where a client sent something
    /// else than a request, the method is `-` and the path all that came.
    pub fn method_and_path(&self) -> (&str, &str) {
        match self.request.split_once(' ') {
            Some((method, rest)) if !method.is_empty() => {
                let path = rest.rsplit_once(" HTTP/").map_or(rest, |(path, _)| path);
                let path = path.split(['?', '#']).next().unwrap_or(path);
                (method, if path.is_empty() { "-" } else { path })
            }
            _ if self.request.is_empty() => ("-", "-"),
            _ => ("-", &self.request),
        }
    }
}

impl Display for Entry {
    /// The line that [`Entry::parse`] reads.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let user = self.user.as_deref().unwrap_or("-");
        let at = self.at.format(TIME).map_err(|_| fmt::Error)?;
        let (request, status) = (escaped(&self.request), self.status);
        write!(f, "{} - {user} [{at}] \"{request}\" {status} ", self.host)?;
        match self.bytes {
            Some(bytes) => write!(f, "{bytes}")?,
            None => f.write_str("-")?,
        }
        if let Some((referer, agent)) = &self.agent {
            write!(f, " \"{}\" \"{}\"", escaped(referer), escaped(agent))?;
        }
        self.took.map_or(Ok(()), |took| write!(f, " {took}"))
    }
}

/// Takes what is before the next space, if it is anything.
fn word<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
    if word.is_empty() {
        return None;
    }
    *rest = after;
    Some(word)
}

/// Takes a text in quotes, if one is next. `\"` and `\\` stand for what follows the backslash; other
/// escapes are bytes that cannot be shown, and stay as they are.
fn quoted<'a>(rest: &mut &'a str) -> Option<Cow<'a, str>> {
    let inside = rest.strip_prefix('"')?;
    let mut escape = false;
    let end = inside.find(|character| {
        let ends = character == '"' && !escape;
        escape = character == '\\' && !escape;
        ends
    })?;
    let after = &inside[end + 1..];
    *rest = match after.strip_prefix(' ') {
        Some(next) => next,
        None if after.is_empty() => after,
        None => return None,
    };
    Some(unescaped(&inside[..end]))
}

fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = (character == '\\')
            .then(|| characters.next_if(|next| matches!(next, '"' | '\\')))
            .flatten();
        plain.push(escaped.unwrap_or(character));
    }
    plain.into()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// A time that an answer can have taken: finite, and not below zero.
fn number(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

#[cfg(test)]
mod tests;
