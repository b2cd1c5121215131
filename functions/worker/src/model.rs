//! The language model that analyses may use.

use std::sync::Arc;

use boot::settings::Reader;
use domain::model::{Prices, SpendLimits};
use domain::ports::{Spending, TextModel};
use tasks::{ModelService, Provider};

/// Which model, what it costs, and what may be spent on it.
pub(crate) struct Settings {
    /// Its name at Bedrock.
    pub(crate) id: String,
    prices: Prices,
    limits: SpendLimits,
}

/// Who analyses where a task does not say.
pub(crate) fn provider(reader: &mut Reader<'_>) -> Provider {
    let providers = [
        ("builtin", Provider::Builtin),
        ("bedrock", Provider::Bedrock),
    ];
    reader
        .choice("ANALYZE_PROVIDER", &providers)
        .unwrap_or_default()
}

impl Settings {
    /// None where no model is named.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let settings = Self {
            id: reader.text_or("BEDROCK_MODEL_ID", ""),
            prices: Prices {
                input: reader.parsed("MODEL_INPUT_PRICE"),
                output: reader.parsed("MODEL_OUTPUT_PRICE"),
            },
            limits: SpendLimits {
                task: reader.parsed("MODEL_SPEND_PER_TASK"),
                tenant: reader.parsed("MODEL_SPEND_PER_TENANT_DAY"),
            },
        };
        (!settings.id.is_empty()).then_some(settings)
    }

    /// The model as a service, with who counts what is spent.
    pub(crate) fn service(
        self,
        model: Arc<dyn TextModel>,
        spending: Arc<dyn Spending>,
    ) -> ModelService {
        ModelService {
            model,
            id: self.id,
            prices: self.prices,
            spending,
            limits: self.limits,
        }
    }
}
