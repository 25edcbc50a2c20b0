//! Figures that nobody counts, because somebody knows them: they are asked for when they are wanted.

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeCounterValue, EncodeGaugeValue, NoLabelSet},
    metrics::MetricType,
};

use super::Registry;

/// Somebody who knows figures.
struct Asked<F>(F);

impl<F> fmt::Debug for Asked<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asked")
    }
}

impl<F> Collector for Asked<F>
where
    F: Fn(&mut Sheet<'_>) -> fmt::Result + Send + Sync + 'static,
{
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        (self.0)(&mut Sheet(encoder))
    }
}

/// Where figures are entered.
pub struct Sheet<'a>(DescriptorEncoder<'a>);

/// A figure and the labels it is under.
type Entry<L, V> = (L, V);

impl Registry {
    /// Has `ask` asked each time somebody looks. It must not wait for anything.
    pub fn ask(&mut self, ask: impl Fn(&mut Sheet<'_>) -> fmt::Result + Send + Sync + 'static) {
        self.0.register_collector(Box::new(Asked(ask)));
    }
}

impl Sheet<'_> {
    /// Enters what goes up and down.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn gauge<L: AsRef<[(&'static str, String)]>, V: EncodeGaugeValue>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = Entry<L, V>>,
    ) -> fmt::Result {
        let mut metric = self
            .0
            .encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (labels, value) in values {
            match labels.as_ref() {
                [] => metric.encode_gauge(&value)?,
                labels => metric.encode_family(&labels)?.encode_gauge(&value)?,
            }
        }
        Ok(())
    }

    /// Enters what only goes up; `_total` is put on to its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn counter<L: AsRef<[(&'static str, String)]>, V: EncodeCounterValue>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = Entry<L, V>>,
    ) -> fmt::Result {
        let mut metric = self
            .0
            .encode_descriptor(name, help, None, MetricType::Counter)?;
        for (labels, value) in values {
            match labels.as_ref() {
                [] => metric.encode_counter::<NoLabelSet, V, u64>(&value, None)?,
                labels => metric
                    .encode_family(&labels)?
                    .encode_counter::<NoLabelSet, V, u64>(&value, None)?,
            }
        }
        Ok(())
    }
}
