package dev.darkroom.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.flux.TinyFlux;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.PlacementPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that do not fit into memory together: which networks go, which stay, and that pictures do not change by it. */
class ResidencyTest {
    @TempDir
    Path folder;

    private final List<ImageModel> opened = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private long before;

    @BeforeEach
    void count() {
        before = Scope.liveTensors();
    }

    @AfterEach
    void noTensorIsLeft() {
        opened.forEach(ImageModel::close);
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @Test
    void whatFitsStays() {
        ImageModel a = open("a", TinyFlux.SCHNELL);
        ImageModel b = open("b", TinyFlux.DEV);
        var residency = residency(bytes(a) + bytes(b));

        assertThat(residency.hasRoomFor(a.networks(), Demand.NONE)).isTrue();
        assertThat(prepare(residency, a)).isTrue();
        assertThat(residency.hasRoomFor(b.networks(), Demand.NONE)).isTrue();
        assertThat(prepare(residency, b)).isTrue();

        assertThat(inMemory()).hasSize(8);
        assertThat(prepare(residency, a)).isFalse();
        assertThat(prepare(residency, b)).isFalse();
    }

    @Test
    void theLargestTextEncoderGoesFirst() {
        ImageModel a = open("a", TinyFlux.SCHNELL);
        ImageModel b = open("b", TinyFlux.DEV);
        var residency = residency(bytes(a) + bytes(b) - 1);
        prepare(residency, a);

        assertThat(residency.hasRoomFor(b.networks(), Demand.NONE)).isFalse();
        prepare(residency, b);

        String larger = bytes(a, "text_encoder") > bytes(a, "text_encoder_2") ? "text_encoder" : "text_encoder_2";
        assertThat(gone()).containsExactly(larger + " of a");
        assertThat(prepare(residency, a)).isTrue();
        assertThat(gone()).hasSize(1).allMatch(name -> name.matches("text_encoder(_2)? of b"));
    }

    @Test
    void textEncodersGoBeforeATransformerThatWasUsedEarlier() {
        ImageModel a = open("a", TinyFlux.SCHNELL);
        ImageModel b = open("b", TinyFlux.SCHNELL);
        ImageModel c = open("c", TinyFlux.DEV);
        var residency = residency(bytes(a) + bytes(b) + bytes(c) - 3 * textEncoders(a) / 2);
        prepare(residency, a);
        prepare(residency, b);

        prepare(residency, c);

        assertThat(gone())
                .hasSizeGreaterThan(2)
                .contains("text_encoder of a", "text_encoder_2 of a")
                .allMatch(name -> name.startsWith("text_encoder"));
    }

    @Test
    void whatWasNotUsedForLongestGoes() {
        ImageModel a = open("a", TinyFlux.SCHNELL);
        ImageModel b = open("b", TinyFlux.SCHNELL);
        ImageModel c = open("c", TinyFlux.DEV);
        var residency = residency(bytes(a) + bytes(b) + bytes(c) - 2 * textEncoders(a) - 1);
        prepare(residency, a);
        prepare(residency, b);
        prepare(residency, a);

        prepare(residency, c);

        assertThat(gone())
                .containsExactlyInAnyOrder(
                        "text_encoder of a",
                        "text_encoder_2 of a",
                        "text_encoder of b",
                        "text_encoder_2 of b",
                        "transformer of b");
    }

    @Test
    void theBudgetIsKeptWhateverIsAskedFor() {
        List<ImageModel> models = List.of(
                open("a", TinyFlux.SCHNELL),
                open("b", TinyFlux.DEV),
                open("c", TinyFlux.SCHNELL),
                open("p", TestCheckpoints.POCKET_FLUX));
        long budget = bytes(models.get(3)) + bytes(models.get(0)) / 2;
        var residency = residency(budget);
        var random = new Random(5);

        for (int i = 0; i < 40; i++) {
            ImageModel model = models.get(random.nextInt(models.size()));
            prepare(residency, model);

            assertThat(model.networks())
                    .allSatisfy(network -> assertThat(network.loaded()).isPresent());
            assertThat(held()).isLessThanOrEqualTo(budget);
        }
    }

    @Test
    void aModelThatIsLargerThanTheBudgetIsLoadedAlone() {
        ImageModel a = open("a", TinyFlux.SCHNELL);
        ImageModel b = open("b", TinyFlux.DEV);
        var residency = residency(1000);

        prepare(residency, a);
        assertThat(inMemory()).hasSize(4).allMatch(name -> name.endsWith(" of a"));
        assertThat(picture(a, "a fox").size()).isEqualTo(new Size(64, 64));
        prepare(residency, b);

        assertThat(inMemory()).hasSize(4).allMatch(name -> name.endsWith(" of b"));
        assertThat(picture(b, "a fox").size()).isEqualTo(new Size(64, 64));
    }

    @Test
    void picturesAreTheSameBeforeAndAfterTheirModelWasGone() {
        ImageModel pocket = open("pocket", TestCheckpoints.POCKET_FLUX);
        ImageModel other = open("other", TinyFlux.DEV);
        var residency = residency(0);
        prepare(residency, pocket);
        byte[] first = picture(pocket, "a red circle").rgb();
        byte[] second = picture(pocket, "a blue square").rgb();

        for (int i = 0; i < 3; i++) {
            prepare(residency, other);
            assertThat(pocket.networks())
                    .allSatisfy(network -> assertThat(network.loaded()).isEmpty());
            prepare(residency, pocket);

            assertThat(picture(pocket, "a red circle").rgb())
                    .as("embeds were kept")
                    .isEqualTo(first);
        }
        ImageModel again = open("again", TestCheckpoints.POCKET_FLUX);
        prepare(residency, again);
        assertThat(picture(again, "a blue square").rgb())
                .as("embeds are made anew")
                .isEqualTo(second);
    }

    @Test
    void embedsOfAPromptStayWhenItsEncodersGo() {
        ImageModel pocket = open("pocket", TestCheckpoints.POCKET_FLUX);
        var residency = residency(0);
        prepare(residency, pocket);
        long weights = Scope.liveTensors();
        picture(pocket, "a red circle");
        long embeds = Scope.liveTensors() - weights;

        prepare(residency, open("other", TinyFlux.DEV));
        opened.getLast().close();

        assertThat(embeds).isPositive();
        assertThat(Scope.liveTensors()).isEqualTo(before + embeds);
    }

    @Test
    void aModelThatCannotBeLoadedLeavesNothingAndTheNextTryMay() throws IOException {
        ImageModel a = open("a", TinyFlux.SCHNELL);
        ImageModel broken = open("broken", TestCheckpoints.copy(TinyFlux.DEV, folder));
        var residency = residency(bytes(a) + bytes(broken));
        prepare(residency, a);
        long whole = Scope.liveTensors();
        // the smallest, so that it is loaded last
        Path config = folder.resolve("text_encoder/config.json");
        String right = Files.readString(config);
        Files.writeString(config, right.replaceAll("\"num_hidden_layers\": \\d+", "\"num_hidden_layers\": 40"));

        TestCheckpoints.assertRefused(() -> prepare(residency, broken), "text_model.encoder.layers.39");

        assertThat(Scope.liveTensors()).isEqualTo(whole);
        assertThat(inMemory()).hasSize(4).allMatch(name -> name.endsWith(" of a"));
        Files.writeString(config, right);
        assertThat(prepare(residency, broken)).isTrue();
        assertThat(picture(broken, "a fox").size()).isEqualTo(new Size(64, 64));
    }

    @Test
    void aModelWhoseFilesAreGoneDisplacesNobody() throws IOException {
        ImageModel a = open("a", TinyFlux.SCHNELL);
        ImageModel vanished = open("vanished", TestCheckpoints.copy(TinyFlux.DEV, folder));
        var residency = residency(0);
        prepare(residency, a);
        Files.delete(folder.resolve("vae/diffusion_pytorch_model.safetensors"));

        TestCheckpoints.assertRefused(() -> prepare(residency, vanished), "vae holds no weights");

        assertThat(inMemory()).hasSize(4).allMatch(name -> name.endsWith(" of a"));
        assertThat(prepare(residency, a)).isFalse();
    }

    @Test
    void aJobThatIsWithdrawnMeanwhileLeavesNothing() {
        ImageModel a = open("a", TinyFlux.SCHNELL);
        var residency = residency(bytes(a));
        int[] asked = {0};
        Progress withdrawn = new Progress() {
            @Override
            public void report(int step, int steps) {
                throw new IllegalStateException("nothing is drawn here");
            }

            @Override
            public void checkCancelled() {
                if (++asked[0] == 3) {
                    throw new JobException(JobException.Code.CANCELLED, "the job was cancelled", null);
                }
            }
        };

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> residency.prepare(a.networks(), Demand.NONE, withdrawn));

        assertThat(Scope.liveTensors()).isEqualTo(before);
        assertThat(prepare(residency, a)).isTrue();
    }

    @Test
    void verifyingLoadsNothingAndRefusesWhatLoadingWould() throws IOException {
        ImageModel sound = open("sound", TinyFlux.DEV);
        sound.networks().forEach(Resident::verify);
        assertThat(inMemory()).isEmpty();
        assertThat(Scope.liveTensors()).isEqualTo(before);

        ImageModel broken = open("broken", TestCheckpoints.copy(TinyFlux.DEV, folder));
        Path config = folder.resolve("transformer/config.json");
        Files.writeString(config, Files.readString(config).replaceAll("\"num_layers\": \\d+", "\"num_layers\": 9"));
        TestCheckpoints.assertRefused(() -> broken.networks().forEach(Resident::verify), "transformer_blocks.8");
    }

    @Test
    void aNetworkThatIsNotLoadedSaysSo() {
        ImageModel model = open("dev", TinyFlux.DEV);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> picture(model, "a fox"))
                .withMessageMatching("the \\w+ of dev is not loaded");
    }

    @Test
    void weightsCountInTheTypeThatTheyComputeIn() {
        ImageModel model = open("dev", TinyFlux.DEV);
        var asFloats = new PlacementPolicy(Device.CPU, Optional.empty(), OptionalLong.empty());
        var asBfloat16 = new PlacementPolicy(Device.CPU, Optional.of(DType.BFLOAT16), OptionalLong.empty());
        Resident<?> transformer = model.networks().getFirst();

        assertThat(asFloats.preferred(transformer.size())).isEqualTo(new Placement(Device.CPU, DType.FLOAT32));
        new Residency(asFloats).prepare(List.of(transformer), Demand.NONE, Progress.NONE);
        long floats = transformer.bytes();
        transformer.close();
        new Residency(asBfloat16).prepare(List.of(transformer), Demand.NONE, Progress.NONE);

        assertThat(floats).isEqualTo(4 * transformer.size().elements());
        assertThat(transformer.bytes()).isEqualTo(floats / 2);
    }

    private ImageModel open(String name, Path checkpoint) {
        ImageModel model = LoadedModel.open(name, checkpoint);
        opened.add(model);
        model.networks().forEach(network -> names.add(network.toString()));
        return model;
    }

    private static Residency residency(long budget) {
        return new Residency(new PlacementPolicy(Device.CPU, Optional.empty(), OptionalLong.of(budget)));
    }

    private static boolean prepare(Residency residency, ImageModel model) {
        return residency.prepare(model.networks(), Demand.NONE, Progress.NONE);
    }

    private static Picture picture(ImageModel model, String prompt) {
        var job = new Job.TextToImage(TestJobs.PLAIN, TestJobs.of(prompt, null, new Size(64, 64), 2, null, null, 3));
        return model.render(job, TestJobs.first(job), Sources.NONE, Progress.NONE)
                .picture();
    }

    private static long bytes(ImageModel model) {
        return model.networks().stream()
                .mapToLong(network -> network.size().in(DType.FLOAT32))
                .sum();
    }

    private static long bytes(ImageModel model, String component) {
        return model.networks().stream()
                .filter(network -> network.toString().startsWith(component + " "))
                .mapToLong(network -> network.size().in(DType.FLOAT32))
                .sum();
    }

    private static long textEncoders(ImageModel model) {
        return bytes(model, "text_encoder") + bytes(model, "text_encoder_2");
    }

    private List<String> inMemory() {
        return opened.stream()
                .flatMap(model -> model.networks().stream())
                .filter(network -> network.loaded().isPresent())
                .map(Resident::toString)
                .toList();
    }

    private List<String> gone() {
        List<String> here = inMemory();
        return names.stream().filter(name -> !here.contains(name)).toList();
    }

    private long held() {
        return opened.stream()
                .flatMap(model -> model.networks().stream())
                .mapToLong(Resident::bytes)
                .sum();
    }
}
