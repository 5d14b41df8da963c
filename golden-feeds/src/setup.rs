//! What goes with a feed: its constituents, its setup, and how to trade on it.

use std::fmt::Write;

use tidegate_pipeline::Setup;
use tidegate_pipeline::setup::SetupError;
use tidegate_protocol::units::{IndexE4, PriceE4, trim_padding};

use crate::reports::{INDEX, INDEX_PREV_CLOSE, MARKET};
use crate::security::Security;
use crate::spec::Spec;
use crate::tgw::Loop;

/// Name of the file of the constituents, as the setup has it.
pub const CONSTITUENTS: &str = "constituents.csv";
/// Name of the setup.
pub const SETUP: &str = "setup.toml";
/// Name of the reports of the orders that its triggers send.
pub const REPORTS: &str = "reports.bin";
/// Names in a line of the setup.
const LINE: usize = 8;

/// The texts that go with a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kit {
    /// The setup.
    pub setup: String,
    /// The constituents of the index.
    pub constituents: String,
}

impl Kit {
    /// What goes with the feed in the file `feed`.
    pub fn new(feed: &str, spec: &Spec, securities: &[Security]) -> Self {
        let setup = rows(feed, securities) + &triggers(spec, securities);
        Self { setup, constituents: constituents(securities) }
    }

    /// The triggers and a trading gateway in a loop, to be fed with the messages of the feed.
    pub fn trading(&self, seed: u64) -> Result<Loop, SetupError> {
        let setup = Setup::parse(&self.setup, |_| Ok(self.constituents.clone()))?;
        Ok(Loop::new(&setup, seed).expect("a row for every security"))
    }
}

fn name(security: &Security) -> String {
    trim_padding(&security.id).escape_ascii().to_string()
}

fn constituents(securities: &[Security]) -> String {
    let mut csv = String::from("security,shares,prev_close\n");
    for security in securities {
        if let Some(shares) = security.index_shares {
            let prev_close = PriceE4(security.prev_close);
            let _ = writeln!(csv, "{},{shares},{prev_close}", name(security));
        }
    }
    csv
}

/// Index and securities.
fn rows(feed: &str, securities: &[Security]) -> String {
    let outside = securities.iter().filter(|security| security.index_shares.is_none()).map(name);
    let listed: Vec<String> =
        [INDEX, MARKET].map(str::to_owned).into_iter().chain(outside).collect();
    let mut rows = String::new();
    for line in listed.chunks(LINE) {
        let _ = writeln!(rows, "    \"{}\",", line.join("\", \""));
    }
    format!(
        "# The setup that goes with {feed}.\n\
         [index]\n\
         id = \"{INDEX}\"\n\
         prev_close = \"{}\"\n\
         constituents = \"{CONSTITUENTS}\"\n\
         \n\
         # Rows beside the constituents: the index, the market, and the securities outside the index.\n\
         [securities]\n\
         list = [\n{rows}]\n",
        IndexE4(INDEX_PREV_CLOSE)
    )
}

/// Three strategies on the index, what calls one of them off, limits, a guard and two epochs: what
/// they do is seen on the bundled day.
fn triggers(spec: &Spec, securities: &[Security]) -> String {
    // Suspended ones do not trade.
    let live = |security: &&Security| security.index_shares.is_some() && !security.is_suspended();
    let live: Vec<String> = securities.iter().filter(live).map(name).collect();
    let pick = |n: usize| live.get(n % live.len().max(1)).map_or("000001", |name| name);
    let at = |percent: u64| spec.messages * percent / 100;
    format!(
        r#"
# Triggers: what they do when. `tidegate setup --example` explains every key.
[[trigger]]
name = "breakout"                   # the index rises fast, above a level
index_at_least = 9850
index_change = {{ points = 6, within_ms = 64000 }}
max_outstanding = 2
rearm = {{ after_ms = 300000 }}
order = {{ security = "{}", side = "buy", quantity = 600, price = "last+1" }}

[[trigger]]
name = "slide"                      # it falls fast
index_change = {{ points = -6, within_ms = 64000 }}
max_sends = {{ count = 2, within_ms = 600000 }}
order = {{ security = "{}", side = "sell", quantity = 300, price = "last-1" }}
limits = {{ max_total_quantity = 1200 }}

[[trigger]]
name = "ten-thousand"               # once, at a round number
index_crosses = 10000
rearm = "once"
order = {{ security = "{}", side = "buy", quantity = 1000, price = "best+1" }}

[[trigger]]
name = "retreat"                    # calls off what the breakout has outstanding
index_change = {{ points = -3, within_ms = 64000 }}
cancel = {{ orders_of = "breakout" }}

[limits]
price_band_percent = 2
max_quantity = 5000
max_orders = {{ count = 5, within_ms = 1000 }}
max_total_value = 1000000
max_outstanding = 8
cancel_on_kill = true

[guard]                             # nothing is sent into a market like this
index_change = {{ points = 20, within_ms = 64000 }}
hold_ms = 60000

[order_template]
submitting_pbu_id = "000100"
account_id = "0100000001"
branch_id = "01"
cl_ord_id_prefix = "TG"

[[epoch]]                           # the afternoon: a higher level, smaller orders
at_msg = {}
trigger = [{{ name = "breakout", index_at_least = 9950, order = {{ quantity = 200 }} }}]

[[epoch]]                           # before the closing call nothing more is sent
at_msg = {}
kill_switch = true
"#,
        pick(0),
        pick(1),
        pick(2),
        at(70),
        at(97)
    )
}
