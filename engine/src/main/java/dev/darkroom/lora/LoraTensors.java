package dev.darkroom.lora;

import dev.darkroom.job.JobException;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.MappedFile;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LinearWeight.LowRank;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.SafetensorsFile;
import dev.darkroom.weights.SafetensorsFile.Entry;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the tensors of a LoRA in the form in which one network computes with them. */
final class LoraTensors {
    private LoraTensors() {}

    /**
     * Reads all pairs of a role into memory of their own, so that the file may be deleted afterwards.
     *
     * @return of each pair {@code down}, then {@code up} of each of its layers
     * @throws JobException if a number is not finite
     */
    static List<Tensor> read(String field, LoraPlan plan, String role, Placement placement) {
        if (!SafetensorsFile.read(plan.file().path()).equals(plan.file())) {
            throw JobException.badInput(field + ": the file changed while it was in use: send the job again");
        }
        try (var reading = Scope.open("read LoRA")) {
            MappedFile file = MappedFile.open(plan.file().path(), plan.file().size());
            List<Tensor> tensors = new ArrayList<>();
            for (LoraPair pair : plan.of(role)) {
                tensors.addAll(read(field, plan, pair, file, placement));
            }
            tensors.forEach(reading::keep);
            return tensors;
        }
    }

    private static List<Tensor> read(String field, LoraPlan plan, LoraPair pair, MappedFile file, Placement placement) {
        try (var reading = Scope.open("read pair")) {
            Optional<Double> alpha = pair.alpha().map(entry -> number(tensor(file, entry)));
            double factor = plan.factors().of(pair, alpha);
            List<Tensor> tensors = Operators.lowRank(
                    tensor(file, pair.down()),
                    tensor(file, pair.up()),
                    Double.isFinite(factor) ? factor : 0,
                    pair.module().swapsHalves(),
                    pair.rows().stream().mapToLong(Long::longValue).toArray(),
                    placement.device(),
                    placement.dtype());
            if (!Double.isFinite(factor) || !Operators.allFinite(tensors)) {
                throw JobException.badInput(field + ": its " + pair.module().name()
                        + (Double.isFinite(factor) ? "" : ".alpha") + " holds numbers that are not finite");
            }
            tensors.forEach(reading::keep);
            return tensors;
        }
    }

    private static double number(Tensor alpha) {
        return alpha.to(DType.FLOAT32).toFloats()[0];
    }

    private static Tensor tensor(MappedFile file, Entry entry) {
        return file.tensor(entry.dtype(), entry.start(), entry.dimensions());
    }

    /** Maps each layer to its low-rank matrices among the tensors that {@link #read} returned. */
    static Map<String, LowRank> byLayer(List<LoraPair> pairs, List<Tensor> tensors) {
        Map<String, LowRank> byLayer = new LinkedHashMap<>();
        Iterator<Tensor> next = tensors.iterator();
        for (LoraPair pair : pairs) {
            Tensor down = next.next();
            pair.module().layers().forEach(layer -> byLayer.put(layer, new LowRank(down, next.next())));
        }
        return byLayer;
    }
}
