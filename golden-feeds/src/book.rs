//! The order book of one security: price, then time. Prices are in 1e-4 CNY, quantities in shares.

/// Side of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Bids.
    Buy,
    /// Offers.
    Sell,
}

impl Side {
    /// The other side.
    pub const fn opposite(self) -> Self {
        match self {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        }
    }

    /// A key that grows from the best price to the worst.
    const fn rank(self, price: i64) -> i64 {
        match self {
            Side::Buy => -price,
            Side::Sell => price,
        }
    }
}

/// An order, or what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its limit.
    pub price: i64,
    /// Its ApplSeqNum.
    pub seq: i64,
    /// Shares left.
    pub shares: i64,
}

/// A trade between two orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// ApplSeqNum of the bid.
    pub bid: i64,
    /// ApplSeqNum of the offer.
    pub offer: i64,
    /// Price.
    pub price: i64,
    /// Shares.
    pub shares: i64,
}

/// What a call auction would do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clearing {
    /// The one price.
    pub price: i64,
    /// Shares that trade.
    pub shares: i64,
    /// Shares of bids at this price or better that do not.
    pub bids_left: i64,
    /// Shares of offers at this price or better that do not.
    pub offers_left: i64,
}

/// A price level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level<'a> {
    /// Its price.
    pub price: i64,
    /// Its orders, the oldest last.
    orders: &'a [Order],
}

impl<'a> Level<'a> {
    /// Shares of all its orders.
    pub fn shares(&self) -> i64 {
        self.orders.iter().map(|order| order.shares).sum()
    }

    /// Number of its orders.
    pub const fn count(&self) -> usize {
        self.orders.len()
    }

    /// Its orders, the oldest first.
    pub fn queue(&self) -> impl ExactSizeIterator<Item = &'a Order> + use<'a> {
        self.orders.iter().rev()
    }
}

/// Both sides, each sorted by priority with the best order last: what happens most happens at the
/// best price, and then little or nothing moves. The mix of orders and cancels keeps a side to some
/// hundred orders, so that a plain vector is the fastest structure.
#[derive(Clone, Debug, Default)]
pub struct Book {
    bids: Vec<Order>,
    offers: Vec<Order>,
}

impl Book {
    /// The orders of a side, best last.
    const fn side(&self, side: Side) -> &Vec<Order> {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.offers,
        }
    }

    const fn side_mut(&mut self, side: Side) -> &mut Vec<Order> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.offers,
        }
    }

    /// Number of orders of a side.
    pub const fn depth(&self, side: Side) -> usize {
        self.side(side).len()
    }

    /// The orders of a side, best first.
    pub fn orders(&self, side: Side) -> impl Iterator<Item = &Order> {
        self.side(side).iter().rev()
    }

    /// Best price of a side.
    pub fn best(&self, side: Side) -> Option<i64> {
        self.side(side).last().map(|order| order.price)
    }

    /// Puts an order behind those of its price, without matching.
    pub fn rest(&mut self, side: Side, order: Order) {
        let orders = self.side_mut(side);
        let at = orders.partition_point(|o| side.rank(o.price) > side.rank(order.price));
        orders.insert(at, order);
    }

    /// Matches an incoming order with the other side, at the prices that stand there, as long as
    /// they are not worse than its own. What is left stays in `order`.
    pub fn take(&mut self, side: Side, order: &mut Order, fills: &mut Vec<Fill>) {
        let rank = |price| side.opposite().rank(price);
        let standing = self.side_mut(side.opposite());
        while let Some(other) = standing.last_mut()
            && order.shares > 0
            && rank(other.price) <= rank(order.price)
        {
            let shares = order.shares.min(other.shares);
            let (bid, offer) = match side {
                Side::Buy => (order.seq, other.seq),
                Side::Sell => (other.seq, order.seq),
            };
            fills.push(Fill { bid, offer, price: other.price, shares });
            order.shares -= shares;
            other.shares -= shares;
            if other.shares == 0 {
                standing.pop();
            }
        }
    }

    /// Takes out one order, by its place from the worst one on.
    pub fn cancel(&mut self, side: Side, at: usize) -> Order {
        self.side_mut(side).remove(at)
    }

    /// The levels of a side, best first.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = Level<'_>> {
        let levels = self.side(side).chunk_by(|a, b| a.price == b.price).rev();
        levels.map(|orders| Level { price: orders[0].price, orders })
    }

    /// Shares of a side and their value in 1e-4 CNY.
    pub fn total(&self, side: Side) -> (i64, i64) {
        let orders = self.side(side).iter();
        orders.fold((0, 0), |(n, v), o| (n + o.shares, v + o.shares * o.price))
    }

    /// Shares of a side at a price or better.
    fn within(&self, side: Side, price: i64) -> i64 {
        let orders = self.orders(side);
        orders.take_while(|o| side.rank(o.price) <= side.rank(price)).map(|o| o.shares).sum()
    }

    /// The price of a call auction: all better orders are filled, most shares trade, least is left
    /// at the price, nearest to `reference`, lower. `None` when nothing trades.
    pub fn clearing(&self, reference: i64) -> Option<Clearing> {
        let (bid, offer) = (self.best(Side::Buy)?, self.best(Side::Sell)?);
        let orders = self.orders(Side::Buy).chain(self.orders(Side::Sell));
        let mut prices: Vec<i64> =
            orders.map(|o| o.price).filter(|p| (offer..=bid).contains(p)).collect();
        prices.sort_unstable();
        prices.dedup();
        let clearings = prices.into_iter().filter_map(|price| {
            let (bids, offers) = (self.within(Side::Buy, price), self.within(Side::Sell, price));
            let shares = bids.min(offers);
            // One unit of 1e-4 CNY is below any tick: "strictly better".
            let better = self.within(Side::Buy, price + 1).max(self.within(Side::Sell, price - 1));
            let (bids_left, offers_left) = (bids - shares, offers - shares);
            (better <= shares).then_some(Clearing { price, shares, bids_left, offers_left })
        });
        clearings.min_by_key(|c| {
            (-c.shares, c.bids_left + c.offers_left, (c.price - reference).abs(), c.price)
        })
    }

    /// Trades everything that a call auction can at its price, in priority order.
    pub fn uncross(&mut self, clearing: Clearing, fills: &mut Vec<Fill>) {
        let mut left = clearing.shares;
        while left > 0 {
            let (bid, offer) = (self.bids.last_mut(), self.offers.last_mut());
            let (bid, offer) = bid.zip(offer).expect("both sides hold what is left to trade");
            let shares = bid.shares.min(offer.shares).min(left);
            fills.push(Fill { bid: bid.seq, offer: offer.seq, price: clearing.price, shares });
            bid.shares -= shares;
            offer.shares -= shares;
            left -= shares;
            let gone = [bid.shares == 0, offer.shares == 0];
            for (orders, gone) in [&mut self.bids, &mut self.offers].into_iter().zip(gone) {
                if gone {
                    orders.pop();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_takes_the_best_prices_and_the_oldest_first() {
        let mut book = Book::default();
        for (seq, price, shares) in [(1, 101, 5), (2, 100, 5), (3, 100, 5)] {
            book.rest(Side::Sell, Order { price, seq, shares });
        }
        let (mut fills, mut order) = (Vec::new(), Order { price: 100, seq: 4, shares: 12 });
        book.take(Side::Buy, &mut order, &mut fills);
        assert_eq!(order.shares, 2);
        assert_eq!(fills.iter().map(|f| (f.offer, f.shares)).collect::<Vec<_>>(), [(2, 5), (3, 5)]);
        assert_eq!(*book.side(Side::Sell), [Order { price: 101, seq: 1, shares: 5 }]);
    }

    #[test]
    fn a_call_auction_leaves_no_crossed_book() {
        let mut book = Book::default();
        for (seq, price, shares) in [(1, 103, 3), (2, 102, 4), (3, 100, 9)] {
            book.rest(Side::Buy, Order { price, seq, shares });
        }
        for (seq, price, shares) in [(4, 99, 2), (5, 101, 6), (6, 104, 1)] {
            book.rest(Side::Sell, Order { price, seq, shares });
        }
        let clearing = book.clearing(100).expect("a price");
        assert_eq!((clearing.price, clearing.shares, clearing.offers_left), (101, 7, 1));
        let mut fills = Vec::new();
        book.uncross(clearing, &mut fills);
        assert_eq!(fills.iter().map(|f| f.shares).sum::<i64>(), 7);
        assert_eq!((book.best(Side::Buy), book.best(Side::Sell)), (Some(100), Some(101)));
    }

    #[test]
    fn a_tie_goes_to_the_nearest_price_and_then_to_the_lower() {
        let mut book = Book::default();
        book.rest(Side::Buy, Order { price: 104, seq: 1, shares: 10 });
        book.rest(Side::Sell, Order { price: 100, seq: 2, shares: 10 });
        for (reference, price) in [(90, 100), (101, 100), (102, 100), (103, 104), (110, 104)] {
            assert_eq!(book.clearing(reference).map(|c| c.price), Some(price), "{reference}");
        }
    }
}
