package dev.darkroom.lora;

import dev.darkroom.job.JobException;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.MappedFile;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.file.SafetensorsFile;
import dev.darkroom.weights.file.SafetensorsFile.Entry;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the tensors of a LoRA in the form in which one network computes with them. */
final class LoraTensors {
    private final String field;
    private final LoraPlan plan;
    private final MappedFile file;
    private final Placement placement;

    private LoraTensors(String field, LoraPlan plan, MappedFile file, Placement placement) {
        this.field = field;
        this.plan = plan;
        this.file = file;
        this.placement = placement;
    }

    /**
     * Reads everything for a role into memory of its own, so that the file may be deleted afterwards.
     *
     * @return of each pair {@code down}, then {@code up} of each of its layers, then their biases and magnitudes if there are any; behind
     *     the pairs the norms
     * @throws JobException if a number is not finite
     */
    static List<Tensor> read(String field, LoraPlan plan, String role, Placement placement) {
        if (!SafetensorsFile.read(plan.file().path()).equals(plan.file())) {
            throw JobException.badInput(field + ": the file changed while it was in use: send the job again");
        }
        try (var reading = Scope.open("read LoRA")) {
            MappedFile file = MappedFile.open(plan.file().path(), plan.file().size());
            var reader = new LoraTensors(field, plan, file, placement);
            List<Tensor> tensors = new ArrayList<>();
            plan.pairsOf(role).forEach(pair -> tensors.addAll(reader.read(pair)));
            plan.normsOf(role).forEach(norm -> tensors.add(reader.read(norm)));
            tensors.forEach(reading::keep);
            return tensors;
        }
    }

    private List<Tensor> read(LoraPair pair) {
        try (var reading = Scope.open("read pair")) {
            double factor = factor(pair);
            long[] rows = pair.rows().stream().mapToLong(Long::longValue).toArray();
            boolean swaps = pair.module().swapsHalves();
            List<Tensor> tensors = new ArrayList<>(Operators.lowRank(
                    plan.isControl() && swaps ? swappedHalves(tensor(pair.down())) : tensor(pair.down()),
                    tensor(pair.up()),
                    factor,
                    swaps,
                    rows,
                    pair.columns(),
                    placement.device(),
                    placement.dtype()));
            pair.bias()
                    .ifPresent(bias -> tensors.addAll(Operators.rowsOf(
                            tensor(bias).reshape(-1), factor, swaps, rows, placement.device(), placement.dtype())));
            pair.magnitude()
                    .ifPresent(magnitude -> tensors.addAll(Operators.rowsOf(
                            tensor(magnitude).reshape(-1), 1, swaps, rows, placement.device(), DType.FLOAT32)));
            requireFinite(pair.module().name(), tensors);
            tensors.forEach(reading::keep);
            return tensors;
        }
    }

    /** Returns the factor of the product: alpha through rank, of the tensor beside the pair or of the metadata; 1 without either. */
    private double factor(LoraPair pair) {
        String name = pair.module().name();
        Optional<Double> alpha = pair.alpha()
                .map(entry -> (double) tensor(entry).to(DType.FLOAT32).toFloats()[0]);
        double factor =
                alpha.map(number -> number / pair.rank()).or(pair::factor).orElse(1.0);
        if (!Double.isFinite(factor)) {
            throw JobException.badInput(field + ": its " + name + ".alpha holds numbers that are not finite");
        }
        if (pair.factor().isPresent() && Math.abs(pair.factor().get() - factor) > 1e-6 * Math.abs(factor)) {
            throw JobException.badInput(field + ": its " + name + ".alpha gives the factor " + (float) factor
                    + ", but its metadata gives " + pair.factor().get().floatValue());
        }
        return factor;
    }

    /**
     * The second half of the ranks before the first, which the reference does to this one matrix of a control LoRA when it swaps the halves
     * of its rows.
     *
     * <p>Source: huggingface/diffusers, {@code loaders/lora_conversion_utils.py}, _convert_bfl_flux_control_lora_to_diffusers.
     */
    private static Tensor swappedHalves(Tensor down) {
        long half = (down.size(0) + 1) / 2;
        long rest = down.size(0) - half;
        return rest == 0 ? down : Tensor.cat(0, down.narrow(0, half, rest), down.narrow(0, 0, half));
    }

    private Tensor read(LoraNorm norm) {
        try (var reading = Scope.open("read norm")) {
            long[] width = norm.weight().dimensions();
            List<Tensor> copied =
                    Operators.rowsOf(tensor(norm.weight()), 1, false, width, placement.device(), placement.dtype());
            requireFinite(norm.norm(), copied);
            return reading.keep(copied.getFirst());
        }
    }

    private void requireFinite(String name, List<Tensor> tensors) {
        if (!Operators.allFinite(tensors)) {
            throw JobException.badInput(field + ": its " + name + " holds numbers that are not finite");
        }
    }

    private Tensor tensor(Entry entry) {
        return file.tensor(entry.dtype(), entry.start(), entry.dimensions());
    }

    /** Maps each layer to its tensors among those that {@link #read} returned. */
    static Map<String, LayerTensors> byLayer(List<LoraPair> pairs, List<Tensor> tensors) {
        Map<String, LayerTensors> byLayer = new LinkedHashMap<>();
        Iterator<Tensor> next = tensors.iterator();
        for (LoraPair pair : pairs) {
            Tensor down = next.next();
            List<Tensor> ups = take(next, pair, true);
            List<Tensor> biases = take(next, pair, pair.bias().isPresent());
            List<Tensor> magnitudes = take(next, pair, pair.magnitude().isPresent());
            for (int i = 0; i < ups.size(); i++) {
                byLayer.put(
                        pair.module().layers().get(i),
                        new LayerTensors(
                                down,
                                ups.get(i),
                                biases.isEmpty() ? null : biases.get(i),
                                magnitudes.isEmpty() ? null : magnitudes.get(i)));
            }
        }
        return byLayer;
    }

    private static List<Tensor> take(Iterator<Tensor> next, LoraPair pair, boolean there) {
        List<Tensor> taken = new ArrayList<>();
        for (int i = 0; there && i < pair.rows().size(); i++) {
            taken.add(next.next());
        }
        return taken;
    }
}
