package dev.darkroom.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which jobs were sent, how each ended, and when the last one did. */
final class Ledger {
    /** How a job ends that nobody answers, since nobody wants the answer. */
    static final String UNANSWERED = "no answer wanted";

    private final Map<String, SoakKind> sent = new LinkedHashMap<>();
    private final Map<String, List<String>> ends = new TreeMap<>();
    private final List<String> surprises = new ArrayList<>();
    private final List<String> addresses = new ArrayList<>();
    private long lastEnd;
    private long longestPause;

    /** From now on the time between two ends counts. */
    synchronized void begin() {
        lastEnd = System.nanoTime();
    }

    synchronized void sent(String id, SoakKind kind) {
        sent.put(id, kind);
    }

    synchronized SoakKind kind(String id) {
        return sent.getOrDefault(id, SoakKind.PLAIN);
    }

    /** A job's caller has its answer. */
    synchronized void ended(String id, String end, JsonNode output) {
        long now = System.nanoTime();
        longestPause = Math.max(longestPause, now - lastEnd);
        lastEnd = now;
        note(id, end);
        addresses.addAll(output.path("images").findValuesAsText("url"));
        if (end.equals("COMPLETED") && output.path("images").isEmpty()) {
            surprises.add(id + " completed without a picture");
        }
    }

    /** A job has ended as its caller wants it: without an answer. */
    synchronized void unanswered(String id) {
        note(id, UNANSWERED);
    }

    private void note(String id, String end) {
        ends.computeIfAbsent(id, unused -> new ArrayList<>()).add(end);
        if (!sent.containsKey(id)) {
            surprises.add(id + " was never sent, but ended: " + end);
        } else if (!end.equals(UNANSWERED) && !kind(id).mayEnd(end)) {
            surprises.add(id + " of kind " + kind(id) + " ended: " + end);
        }
    }

    synchronized boolean isEnded(String id) {
        return ends.containsKey(id);
    }

    synchronized int sentCount() {
        return sent.size();
    }

    /** Jobs that have not ended. */
    synchronized List<String> open() {
        return sent.keySet().stream().filter(id -> !ends.containsKey(id)).toList();
    }

    /** Jobs that were answered more than once. */
    synchronized List<String> repeated() {
        return ends.keySet().stream()
                .filter(id -> ends.getOrDefault(id, List.of()).size() > 1)
                .toList();
    }

    /** Jobs that ended as they must not. */
    synchronized List<String> surprises() {
        return List.copyOf(surprises);
    }

    /** Kind → end → how many. */
    synchronized Map<SoakKind, Map<String, Integer>> table() {
        Map<SoakKind, Map<String, Integer>> table = new TreeMap<>();
        ends.forEach((id, all) -> all.forEach(end ->
                table.computeIfAbsent(kind(id), unused -> new TreeMap<>()).merge(end, 1, Integer::sum)));
        return table;
    }

    synchronized int count(String end) {
        return table().values().stream()
                .mapToInt(row -> row.getOrDefault(end, 0))
                .sum();
    }

    /** Where callers were told that pictures are. */
    synchronized List<String> addresses() {
        return List.copyOf(addresses);
    }

    /** Seconds from one end to the next at most. */
    synchronized double longestPause() {
        return longestPause / 1e9;
    }
}
