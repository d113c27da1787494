package dev.darkroom.tally;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.tensor.OperatorCall;
import dev.darkroom.tensor.OperatorLog;
import dev.darkroom.tensor.TensorFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Adds up what the calls of a run cost on a card, part by part, and how much memory their tensors take. */
public final class StepTally implements OperatorLog.Listener {
    /** The calls of one operator. */
    private static final class Line {
        private final Cost cost = new Cost();
        private final Cost withKernels = new Cost();
        private int calls;
    }

    /** The memory of a tensor, and of its views. */
    private static final class Memory {
        private final long bytes;
        private int tensors;

        private Memory(long bytes) {
            this.bytes = bytes;
        }
    }

    /** One part of a run, such as a step. */
    public static final class Part {
        private final Map<String, Line> lines = new TreeMap<>();
        private long peak;
    }

    /** The operator whose tensors have one number, however large they are. */
    private static final String BLANK = "blank";

    private static final double GIGA = 1e9;
    private static final double TERA = 1e12;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Part> parts = new ArrayList<>();
    private final Map<Long, Memory> memories = new HashMap<>();
    private long live;
    private long needed;
    private long before;

    /** Makes an empty tally. */
    public StepTally() {
        next();
    }

    /** True if it is known what an operator costs. */
    public static boolean hasRule(String operator) {
        return CostRules.has(operator);
    }

    /** Begins the next part. */
    public void next() {
        parts.add(new Part());
        parts.getLast().peak = live;
    }

    /** Counts what is there now, the weights, as no activation. */
    public void weightsAreThere() {
        before = live;
        parts.getLast().peak = live;
    }

    /** Bytes of the weights on the card. */
    public long weightBytes() {
        return before;
    }

    /** The steps of a run whose parts were what comes before them, each step, and what comes after. */
    public List<Part> steps() {
        return parts.subList(1, parts.size() - 1);
    }

    /** Bytes on the card now. */
    public long live() {
        return live;
    }

    /** Bytes on the card while the last call was computed. */
    public long needed() {
        return needed;
    }

    /** Bytes on the card at the peak of the last part. */
    public long peak() {
        return parts.getLast().peak;
    }

    /** Bytes of the activations at the peak of the whole run. */
    public long activationPeak() {
        return parts.stream().mapToLong(part -> part.peak).max().orElse(0) - before;
    }

    /** The last part. */
    public Part last() {
        return parts.getLast();
    }

    @Override
    public void called(OperatorCall call) {
        Part part = parts.getLast();
        Line line = part.lines.computeIfAbsent(call.operator(), name -> new Line());
        line.calls++;
        Cost cost = CostRules.of(call, false);
        line.cost.add(cost);
        line.withKernels.add(CostRules.of(call, true));
        if (call.operator().equals("rebind")) {
            rebind(call.tensor(0), call.tensor(1));
        }
        TensorFacts shared = CostRules.aliased(call);
        for (TensorFacts result : call.results()) {
            Memory memory = shared == null ? null : memories.get(shared.id());
            if (memory == null) {
                memory = new Memory(result.onCard() && !call.operator().equals(BLANK) ? result.bytes() : 0);
                live += memory.bytes;
            }
            memory.tensors++;
            memories.put(result.id(), memory);
        }
        needed = live + cost.scratch;
        part.peak = Math.max(part.peak, needed);
    }

    /** A view is one of other memory from now on. */
    private void rebind(TensorFacts view, TensorFacts bytes) {
        freed(view);
        Memory memory = memories.get(bytes.id());
        if (memory != null) {
            memory.tensors++;
            memories.put(view.id(), memory);
        }
    }

    @Override
    public void freed(TensorFacts tensor) {
        Memory memory = memories.remove(tensor.id());
        if (memory != null && --memory.tensors == 0) {
            live -= memory.bytes;
        }
    }

    private static Cost total(Part part, Function<Line, Cost> kind) {
        var total = new Cost();
        part.lines.values().forEach(line -> total.add(kind.apply(line)));
        return total;
    }

    /** The sums of a part, and what cards are expected to take for it: by the operators' text, and with kernels of our own. */
    public ObjectNode json(Part part) {
        Cost total = total(part, line -> line.cost);
        Cost withKernels = total(part, line -> line.withKernels);
        ObjectNode json = JSON.createObjectNode();
        json.put("gemm_tflop", rounded(total.productFlops() / TERA));
        json.put("attention_tflop", rounded(total.attentionFlops / TERA));
        json.put("conv_tflop", rounded(total.convolutionFlops / TERA));
        json.put("elementwise_gb", rounded(total.passedBytes / GIGA));
        json.put("elementwise_with_kernels_gb", rounded(withKernels.passedBytes / GIGA));
        json.put("small_weights_gb", rounded(total.skinnyBytes() / GIGA));
        json.put(
                "operator_calls",
                part.lines.values().stream().mapToInt(line -> line.calls).sum());
        json.put("kernels", total.kernels);
        json.put("waits", total.waits);
        json.put("activation_peak_gb", rounded((part.peak - before) / GIGA));
        ObjectNode forecast = json.putObject("forecast_ms");
        ObjectNode shorter = json.putObject("forecast_with_kernels_ms");
        for (Card card : Card.all()) {
            forecast.put(card.id(), rounded(card.seconds(total) * 1000));
            shorter.put(card.id(), rounded(card.seconds(withKernels) * 1000));
        }
        return json;
    }

    private static double rounded(double number) {
        return Math.round(number * 100) / 100.0;
    }

    /** A table of a part's operators, those that take longest first. */
    public String table(Part part) {
        Card first = Card.all().getFirst();
        var out = new StringBuilder(String.format(
                Locale.ROOT,
                "%-24s %6s %8s %9s %9s %9s %9s %8s%n",
                "operator",
                "calls",
                "kernels",
                "gemm TF",
                "attn TF",
                "conv TF",
                "passes GB",
                first.id() + " ms"));
        part.lines.entrySet().stream()
                .sorted(Comparator.comparingDouble(line -> -first.seconds(line.getValue().cost)))
                .forEach(line -> out.append(row(line.getKey(), line.getValue().calls, line.getValue().cost, first)));
        int calls = part.lines.values().stream().mapToInt(line -> line.calls).sum();
        return out.append(row("all", calls, total(part, line -> line.cost), first))
                .toString();
    }

    private static String row(String name, int calls, Cost cost, Card card) {
        return String.format(
                Locale.ROOT,
                "%-24s %6d %8d %9.3f %9.3f %9.3f %9.3f %8.2f%n",
                name,
                calls,
                cost.kernels,
                cost.productFlops() / TERA,
                cost.attentionFlops / TERA,
                cost.convolutionFlops / TERA,
                cost.passedBytes / GIGA,
                card.seconds(cost) * 1000);
    }
}
