//! The few words that are needed of answers in XML: those of CloudFormation and RDS, which speak nothing else.
//!
//! Elements are found by name, wherever they are. Attributes and namespaces of such answers say nothing.

/// The text of the first element of that name.
pub fn first(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(unescaped(text))
}

/// The texts of all elements of that name, in order.
pub fn all(xml: &str, name: &str) -> Vec<String> {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    let parts = xml.split(start.as_str()).skip(1);
    parts
        .filter_map(|part| part.split_once(&end).map(|(text, _)| unescaped(text)))
        .collect()
}

fn unescaped(text: &str) -> String {
    let marks = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
    ];
    let text = marks.iter().fold(text.to_owned(), |text, (escaped, mark)| {
        text.replace(escaped, mark)
    });
    // Last, so that an escaped ampersand makes no other mark.
    text.replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_name() {
        let xml = "<a><Key>one</Key><Value>1 &lt; 2 &amp;lt;</Value><Key>two</Key><Value/></a>";
        assert_eq!(first(xml, "Value").as_deref(), Some("1 < 2 &lt;"));
        assert_eq!(all(xml, "Key"), ["one", "two"]);
        assert_eq!(first(xml, "Ke"), None);
        assert_eq!(all(xml, "Other"), Vec::<String>::new());
    }
}
