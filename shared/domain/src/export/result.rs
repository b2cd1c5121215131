//! What comes out of an export.

use serde_json::Value;

use super::object_key;
use crate::ids::{RequestId, TenantId};
use crate::task::TaskResult;

/// The name of the kind whose results lead to a file.
pub const KIND: &str = "export";

/// The result of an export, as it is stored with its task: without a link, which would outlive its
/// welcome there and show in the task's history. Whoever shows the result makes a fresh one.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportResult<'a>(&'a Value);

impl<'a> ExportResult<'a> {
    /// The field that names the file.
    pub const FILE_NAME: &'static str = "file_name";

    /// The result of a task of that kind, if it is an export's. The kind decides, since the
    /// results of other kinds may be anything that a caller wrote.
    pub fn of(kind: &str, result: &'a TaskResult) -> Option<Self> {
        match result {
            TaskResult::Inline { value } if kind == KIND => Some(Self(value)),
            _ => None,
        }
    }

    /// The key of its file; none where it names none.
    pub fn key(&self, tenant: &TenantId, id: RequestId) -> Option<String> {
        let name = self.0.get(Self::FILE_NAME)?.as_str()?;
        Some(object_key(tenant, id, name))
    }

    /// The same with a link, and when it ends, as RFC 3339.
    pub fn with_link(&self, url: &str, expires_at: &str) -> TaskResult {
        let mut value = self.0.clone();
        if let Some(fields) = value.as_object_mut() {
            fields.insert("url".into(), url.into());
            fields.insert("expires_at".into(), expires_at.into());
        }
        TaskResult::Inline { value }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_an_export_leads_to_a_file_and_only_to_its_own() {
        let value = json!({"file_name": "events.csv", "rows": 1});
        let result = TaskResult::Inline { value };
        assert_eq!(ExportResult::of("external", &result), None);
        let id: RequestId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let tenant = TenantId::new("acme").unwrap();
        let export = ExportResult::of(KIND, &result).unwrap();
        let key = format!("acme/exports/{id}/events.csv");
        assert_eq!(export.key(&tenant, id), Some(key));
        let shown = json!({"file_name": "events.csv", "rows": 1, "url": "u", "expires_at": "e"});
        let shown = TaskResult::Inline { value: shown };
        assert_eq!(export.with_link("u", "e"), shown);
    }
}
