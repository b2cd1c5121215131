//! Makes the links that lead from a result to what is kept elsewhere, whenever it is shown: a link
//! that is never stored cannot leak from where it was, and works for as long as it says.

use domain::export::ExportResult;
use domain::ports::{PortError, ResultLink, ResultStore};
use domain::{RequestId, TaskResult, TenantId};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::LINK_LIFETIME;

/// Whose result it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'a> {
    /// The task's tenant.
    pub(crate) tenant: &'a TenantId,
    /// The task.
    pub(crate) request_id: RequestId,
    /// The task's kind.
    pub(crate) kind: &'a str,
}

/// A result as its tenant sees it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown {
    /// The result; that of an export with a link to its file.
    pub(crate) result: TaskResult,
    /// The way to it, where it is stored apart.
    pub(crate) link: Option<ResultLink>,
}

/// The result with fresh links.
pub(crate) async fn show_result(
    results: &dyn ResultStore,
    now: OffsetDateTime,
    origin: Origin<'_>,
    result: &TaskResult,
) -> Result<Shown, PortError> {
    if let TaskResult::Stored { key, .. } = result {
        let link = results.link(key, now, LINK_LIFETIME).await?;
        return Ok(Shown {
            result: result.clone(),
            link: Some(link),
        });
    }
    Ok(Shown {
        result: with_file(results, now, origin, result).await?,
        link: None,
    })
}

async fn with_file(
    results: &dyn ResultStore,
    now: OffsetDateTime,
    origin: Origin<'_>,
    result: &TaskResult,
) -> Result<TaskResult, PortError> {
    let Some(export) = ExportResult::of(origin.kind, result) else {
        return Ok(result.clone());
    };
    let Some(key) = export.key(origin.tenant, origin.request_id) else {
        return Ok(result.clone());
    };
    let link = results.link(&key, now, LINK_LIFETIME).await?;
    // The clock's own years have this form.
    let expires_at = link.expires_at.format(&Rfc3339).unwrap_or_default();
    Ok(export.with_link(&link.url, &expires_at))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::build::{self, NOW};
    use testkit::memory::{Fault, Faults, MemoryResults};

    use super::*;

    async fn shown(kind: &str, faults: &Faults) -> Result<Shown, PortError> {
        let (tenant, request_id) = (TenantId::new("acme").unwrap(), build::request_id());
        let origin = Origin {
            tenant: &tenant,
            request_id,
            kind,
        };
        let value = json!({"file_name": "events.csv", "rows": 2});
        let results = MemoryResults::new(faults);
        let shown = show_result(&results, NOW, origin, &TaskResult::Inline { value }).await?;
        let TaskResult::Inline { mut value } = shown.result else {
            panic!("an inline result stays one");
        };
        if let Some(url) = value.get_mut("url") {
            let key = format!("memory://acme/exports/{request_id}/events.csv");
            assert_eq!(*url, json!(key));
            *url = json!("its own");
        }
        Ok(Shown {
            result: TaskResult::Inline { value },
            ..shown
        })
    }

    #[tokio::test]
    async fn an_export_is_shown_with_a_fresh_link() {
        let value = json!({"file_name": "events.csv", "rows": 2, "url": "its own",
            "expires_at": "2026-03-01T12:15:00Z"});
        let expected = Shown {
            result: TaskResult::Inline { value },
            link: None,
        };
        let faults = Faults::default();
        assert_eq!(shown("export", &faults).await.unwrap(), expected);
        faults.always("results.link", Fault::Unavailable);
        assert!(shown("export", &faults).await.is_err());
    }

    #[tokio::test]
    async fn what_only_looks_like_an_export_gets_no_link() {
        let faults = Faults::default();
        let shown = shown("external", &faults).await.unwrap();
        let value = json!({"file_name": "events.csv", "rows": 2});
        assert_eq!(shown.result, TaskResult::Inline { value });
        assert_eq!(faults.count("results.link"), 0);
    }
}
