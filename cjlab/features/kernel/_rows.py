"""Rows before the pass: whose they are, when they were on local clocks, and which filters they pass."""

from __future__ import annotations

from cjlab._compiled import kept


@kept
def narrow(codes, lookup, masks):
    """Keep of each row's filters those that allow its word; the last place of ``lookup`` is for no word."""
    last = lookup.shape[0] - 1
    for row in range(masks.shape[0]):
        code = codes[row]
        masks[row] &= lookup[code if code >= 0 else last]


@kept
def clocked(at, offsets, first, masks, asked, days, hours, weekdays):
    """Fill in the local day of each row, its hour, and its weekday (0 for Monday), where room for them was given.

    Where there are ``masks``, rows that pass none of the ``asked`` filters are left as they are.
    ``offsets`` are what local clocks are ahead of UTC by, in seconds, for every quarter of an hour from ``first`` on.
    """
    for row in range(at.shape[0]):
        if masks.shape[0] and not masks[row] & asked:
            continue
        seconds = at[row] // 1_000_000
        local = seconds + offsets[seconds // 900 - first]
        if days.shape[0]:
            days[row] = local // 86_400
        if hours.shape[0]:
            hours[row] = (local % 86_400) // 3_600
        if weekdays.shape[0]:
            weekdays[row] = (local // 86_400 + 3) % 7


@kept
def parted(owners, at, bounds):
    """Fill ``bounds`` with where each owner's rows begin, and return how many owners there are.

    It is −1 where a time is before the one above it; whether owners rise is for the caller to see.
    """
    n = 0
    for row in range(owners.shape[0]):
        if row == 0 or owners[row] != owners[row - 1]:
            bounds[n] = row
            n += 1
        elif at[row] < at[row - 1]:
            return -1
    bounds[n] = owners.shape[0]
    return n


@kept
def noticed(starts, at, known, found):
    """Fill ``found`` with when something of each customer was first known."""
    for who in range(found.shape[0]):
        for row in range(starts[who], starts[who + 1]):
            if at[row] >= found[who]:
                break
            found[who] = min(found[who], max(at[row], known[row]))


@kept
def changing(starts, at, known, masks, asked, spans, as_of, begins, found):
    """Fill ``found``, a line a customer, with the times by which his cells will change after a date.

    One a window, of the first row in it that passes a filter asked of that window: the cells change when it leaves.
    Where a window is parted into bins of a span above 0, it is the first date at which such a row will be in the next
    bin. The last is the first time, at the date or later, at which a row that passes a filter will have happened and be
    known.
    """
    last = found.shape[1] - 1
    for who in range(found.shape[0]):
        for row in range(starts[who], starts[who + 1]):
            if not masks[row]:
                continue
            told = max(at[row], known[row])
            if told >= as_of:
                found[who, last] = min(found[who, last], told)
                continue
            for window in range(last):
                if at[row] >= begins[window] and masks[row] & asked[window]:
                    span = spans[window]
                    next_bin = at[row] + ((as_of - at[row]) // span + 1) * span if span else at[row]
                    found[who, window] = min(found[who, window], next_bin)


@kept
def rising(owners, at, order):
    """Tell whether rows in an order, which is by owner, rise in time within each."""
    for place in range(1, order.shape[0]):
        row, before = order[place], order[place - 1]
        if owners[row] == owners[before] and at[row] < at[before]:
            return False
    return True


@kept
def met(begins, ends, at, starts, times, found):
    """Mark in ``found`` the customers of whom one of some times is one of theirs, which rise from begin to end."""
    for who in range(found.shape[0]):
        for place in range(starts[who], starts[who + 1]):
            low, high = begins[who], ends[who]
            while low < high:
                middle = (low + high) // 2
                if at[middle] < times[place]:
                    low = middle + 1
                else:
                    high = middle
            if low < ends[who] and at[low] == times[place]:
                found[who] = True
