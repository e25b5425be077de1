"""What the brand can see of people, out of their records."""

from __future__ import annotations

from cjlab._compiled import kept


@kept
def look(people, day, customers, keys, consent, ground, recent, seen):
    """Copy what is seen of those who have joined by a day, in their order; return how many they are."""
    n = 0
    for place in range(people.shape[0]):
        me = people[place]
        if me.joined <= day:
            customers[n], keys[n] = me.customer, me.key
            consent[n] = me.agreed if me.agreed_day <= day else me.consent
            ground[n] = me.ground <= day and (me.contract < 0 or me.under == 1)
            for number in range(recent.shape[1]):
                recent[n, number] = me.recent[number]
            for number in range(seen.shape[1]):
                seen[n, number] = me.seen[number]
            n += 1
    return n
