-- holdout_summary(calibrated_on, observed_on, period): repeat_summary up to one day, and what came
-- after it up to another, for the members who had bought by the first.
-- Reads: repeat_summary, periods_since_epoch, spending_by.
--
-- Each half is told as it stood on its own last day (spending_by): less what had come back by then.
--
-- member                 the member's id
-- frequency_cal, recency_cal, t_cal, monetary_cal    repeat_summary(calibrated_on, period)
-- frequency_holdout      periods with a purchase after calibrated_on, up to observed_on
-- duration_holdout       periods from that of calibrated_on to that of observed_on
-- monetary_holdout       mean spend of the periods that frequency_holdout counts, minor units as a
--                        fraction; 0 where there are none
CREATE MACRO holdout_summary(calibrated_on, observed_on, period) AS TABLE
WITH later AS (
    SELECT
        member,
        count(DISTINCT periods_since_epoch(occurred_on, period)) AS periods,
        sum(net_minor) AS spent
    FROM spending_by(observed_on)
    WHERE occurred_on > calibrated_on::DATE
    GROUP BY member
)
SELECT
    member,
    frequency AS frequency_cal,
    recency AS recency_cal,
    t AS t_cal,
    monetary_minor AS monetary_cal,
    coalesce(periods, 0) AS frequency_holdout,
    periods_since_epoch(observed_on::DATE, period)
        - periods_since_epoch(calibrated_on::DATE, period) AS duration_holdout,
    coalesce(spent / periods, 0)::DOUBLE AS monetary_holdout
FROM repeat_summary(calibrated_on, period) LEFT JOIN later USING (member);
