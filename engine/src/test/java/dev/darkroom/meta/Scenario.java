package dev.darkroom.meta;

import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.Sources;
import dev.darkroom.weights.Holding;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One job for one checkpoint.
 *
 * @param checkpoint a {@link Published} name, or a folder below test-payloads/models
 * @param plan as DARKROOM_MEMORY_PLAN has it
 * @param pictures number of pictures that the job brings
 * @param fp8 true if layers that bear it are multiplied in fp8
 * @param planted an operator that is given a tensor of the wrong device; empty for none
 * @param outputs pictures that are asked for, of which the first batch is drawn
 * @param holding how the weights of all networks are held
 */
public record Scenario(
        String name,
        String checkpoint,
        String plan,
        Size size,
        int steps,
        Brings brings,
        int pictures,
        @Nullable String negative,
        Adapter adapter,
        boolean fp8,
        String planted,
        int outputs,
        Holding holding) {
    /** What a job is. */
    public enum Brings {
        PROMPT,
        START,
        IMAGES,
        MASK
    }

    /** What is put on the transformer. */
    public enum Adapter {
        NONE,
        LORA,
        DORA
    }

    static Scenario of(String name, String checkpoint, int width, int height, Brings brings) {
        int pictures = brings == Brings.PROMPT ? 0 : 1;
        return new Scenario(
                name,
                checkpoint,
                "auto",
                new Size(width, height),
                2,
                brings,
                pictures,
                null,
                Adapter.NONE,
                false,
                "",
                1,
                Holding.RESIDENT);
    }

    /** The job that a checkpoint is made for, with as many passes a step as it is used with. */
    public static Scenario usual(String checkpoint, Size size, int steps) {
        boolean guidedByItself = checkpoint.contains("qwen")
                || checkpoint.contains("longcat")
                || checkpoint.equals("z-image")
                || checkpoint.contains("klein-base");
        Brings brings = checkpoint.contains("fill")
                ? Brings.MASK
                : checkpoint.contains("edit") || checkpoint.contains("kontext") ? Brings.IMAGES : Brings.PROMPT;
        int pictures = brings == Brings.PROMPT ? 0 : 1;
        String negative = guidedByItself ? " " : null;
        return new Scenario(
                "usual",
                checkpoint,
                "auto",
                size,
                steps,
                brings,
                pictures,
                negative,
                Adapter.NONE,
                false,
                "",
                1,
                Holding.RESIDENT);
    }

    Scenario withPictures(int count) {
        return new Scenario(
                name, checkpoint, plan, size, steps, brings, count, negative, adapter, fp8, planted, outputs, holding);
    }

    Scenario away(String from) {
        return new Scenario(
                name, checkpoint, plan, size, steps, brings, pictures, from, adapter, fp8, planted, outputs, holding);
    }

    Scenario planned(String way) {
        return new Scenario(
                name,
                checkpoint,
                way,
                size,
                steps,
                brings,
                pictures,
                negative,
                adapter,
                fp8,
                planted,
                outputs,
                holding);
    }

    Scenario withLora() {
        return new Scenario(
                name,
                checkpoint,
                plan,
                size,
                steps,
                brings,
                pictures,
                negative,
                Adapter.LORA,
                fp8,
                planted,
                outputs,
                holding);
    }

    Scenario withDora() {
        return new Scenario(
                name,
                checkpoint,
                plan,
                size,
                steps,
                brings,
                pictures,
                negative,
                Adapter.DORA,
                fp8,
                planted,
                outputs,
                holding);
    }

    Scenario inFp8() {
        return new Scenario(
                name,
                checkpoint,
                plan,
                size,
                steps,
                brings,
                pictures,
                negative,
                adapter,
                true,
                planted,
                outputs,
                holding);
    }

    Scenario asking(int count) {
        return new Scenario(
                name, checkpoint, plan, size, steps, brings, pictures, negative, adapter, fp8, planted, count, holding);
    }

    Scenario held(Holding other) {
        return new Scenario(
                name, checkpoint, plan, size, steps, brings, pictures, negative, adapter, fp8, planted, outputs, other);
    }

    Scenario planting(String operator) {
        return new Scenario(
                name,
                checkpoint,
                plan,
                size,
                steps,
                brings,
                pictures,
                negative,
                adapter,
                fp8,
                operator,
                outputs,
                holding);
    }

    public Job.Generation job() {
        Sampling sampling = new Sampling(
                List.of("a red fox in the snow"),
                negative,
                new Framing.Exact(size),
                steps,
                null,
                negative == null ? null : 4.0,
                7,
                outputs,
                Shortcuts.NONE,
                List.of());
        List<String> names = IntStream.range(0, pictures).mapToObj(i -> "").toList();
        return switch (brings) {
            case PROMPT -> new Job.TextToImage(TestJobs.PLAIN, sampling);
            case START -> new Job.FromImages(TestJobs.PLAIN, sampling, names, 0.6);
            case IMAGES -> new Job.FromImages(TestJobs.PLAIN, sampling, names, null);
            case MASK -> new Job.Fill(TestJobs.PLAIN, sampling, "", "");
        };
    }

    public Sources sources(List<LoraFile> loras) {
        Picture picture = gradient(size);
        return new Sources(
                IntStream.range(0, pictures).mapToObj(i -> picture).toList(),
                brings == Brings.MASK ? picture : null,
                loras);
    }

    /** A picture that needs no library of the desktop. */
    private static Picture gradient(Size size) {
        byte[] rgb = new byte[3 * size.width() * size.height()];
        for (int i = 0; i < rgb.length; i++) {
            int x = i / 3 % size.width();
            int y = i / 3 / size.width();
            rgb[i] = (byte) (i % 3 == 0 ? 255 * x / size.width() : i % 3 == 1 ? 255 * y / size.height() : 128);
        }
        return new Picture(size.width(), size.height(), rgb);
    }
}
