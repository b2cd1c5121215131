//! JSON in one form: equal values give equal bytes, however they were written.

use std::io::{self, Write};

use serde_json::{Number, Value};

/// Writes a value without white space, members in the order of their names' bytes, and whole
/// numbers without a fraction (`1.0` is `1`, `1e2` is `100`, `-0.0` is `0`).
///
/// That is RFC 8785 but for two things: integers keep all their digits, where the RFC rounds them
/// to 53 bits and so calls different payloads equal; and names are sorted by UTF-8 instead of
/// UTF-16.
pub(crate) fn write(value: &Value, out: &mut impl Write) -> io::Result<()> {
    match value {
        Value::Array(items) => write_array(items, out),
        Value::Object(members) => write_object(members, out),
        Value::Number(number) => write_number(number, out),
        Value::Null | Value::Bool(_) | Value::String(_) => {
            serde_json::to_writer(out, value).map_err(io::Error::from)
        }
    }
}

fn write_array(items: &[Value], out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"[")?;
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        write(item, out)?;
    }
    out.write_all(b"]")
}

fn write_object(members: &serde_json::Map<String, Value>, out: &mut impl Write) -> io::Result<()> {
    // The map may keep the order of insertion: that depends on features elsewhere in a build.
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    out.write_all(b"{")?;
    for (at, (name, value)) in sorted.into_iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        serde_json::to_writer(&mut *out, name)?;
        out.write_all(b":")?;
        write(value, out)?;
    }
    out.write_all(b"}")
}

fn write_number(number: &Number, out: &mut impl Write) -> io::Result<()> {
    // Above lie no integers that JSON readers keep.
    const INTEGERS: f64 = 18_446_744_073_709_551_616.0; // 2^64
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < INTEGERS => {
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^64")]
            let whole = float as i128;
            write!(out, "{whole}")
        }
        _ => write!(out, "{number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        let value = serde_json::from_str(text).unwrap();
        let mut out = Vec::new();
        write(&value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_value_has_one_form() {
        let cases = [
            (
                r#"{ "b" : 1, "a" : [ true , null ] }"#,
                r#"{"a":[true,null],"b":1}"#,
            ),
            ("[1.0, 1e2, -0.0, 0.5, 5e-1]", "[1,100,0,0.5,0.5]"),
            (r#""\u00e4\/\u000a""#, "\"ä/\\n\""),
            (
                "[18446744073709551615, -9223372036854775808]",
                "[18446744073709551615,-9223372036854775808]",
            ),
            (
                "[9007199254740993, 9007199254740992]",
                "[9007199254740993,9007199254740992]",
            ),
            ("[1e300]", "[1e+300]"),
            (
                "[9007199254740992.0, 1e19]",
                "[9007199254740992,10000000000000000000]",
            ),
            ("{}", "{}"),
            ("[]", "[]"),
        ];
        for (text, form) in cases {
            assert_eq!(canonical(text), form);
        }
    }
}
