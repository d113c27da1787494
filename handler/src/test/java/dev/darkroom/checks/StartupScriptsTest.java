package dev.darkroom.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts of {@code startup-checks/} on machines that have what they need, and on machines that do not. */
class StartupScriptsTest {
    private static final Path SHARDED = Shell.HOME.resolve("engine/src/test/resources/goldens/tiny-flux-dev");
    private static final Path QWEN = Shell.HOME.resolve("engine/src/test/resources/goldens/tiny-qwen-image-edit");
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    /** What nvidia-smi writes, with its memory and version to fill in. */
    private static final String CARD = """
            case "$*" in
              *memory.free*) echo %d ;;
              *--query-gpu=*) echo "NVIDIA Test 4090, 570.86, 24564" ;;
              *) echo "| NVIDIA-SMI 570.86     Driver Version: 570.86     CUDA Version: %s     |" ;;
            esac
            """;

    @TempDir
    Path folder;

    private Shell shell;

    @BeforeEach
    void newMachine() throws IOException {
        shell = new Shell(folder);
    }

    private static void assertOk(Shell.Ended ended, String detail) {
        assertLine(ended, "ok", 0, detail);
    }

    private static void assertSkipped(Shell.Ended ended, String detail) {
        assertLine(ended, "skip", 0, detail);
    }

    private static void assertFailed(Shell.Ended ended, int exit, String detail) {
        assertLine(ended, "FAIL", exit, detail);
    }

    /** One line on standard error, and nothing on standard output. */
    private static void assertLine(Shell.Ended ended, String result, int exit, String detail) {
        assertThat(ended.err()).contains(detail).startsWith(result + " ").endsWith("\n");
        assertThat(ended.err().lines()).hasSize(1);
        assertThat(ended.exit()).isEqualTo(exit);
        assertThat(ended.out()).isEmpty();
        String form = result.equals("FAIL") ? "FAIL [a-z-]+: .* \\(\\d+ ms\\)\n" : result + " [a-z-]+ \\d+ ms .*\n";
        assertThat(ended.err()).matches(form);
    }

    @Test
    void aPlainMachineStartsWithTheEmbeddedModels() throws IOException, InterruptedException {
        assertOk(shell.check("15-environment"), "DEVICE=auto");
        assertOk(shell.check("18-memory"), "available");
        assertOk(shell.check("50-disk"), "free");
        assertOk(shell.check("60-weights"), "2 here, 0.0 GB");
        assertSkipped(shell.check("70-storage"), "BUCKET_ENDPOINT_URL is not set");
        assertOk(shell.check("80-folders"), folder.resolve("data").toString());
    }

    @Test
    void aCheckThatIsMisspeltIsNotLeftOutInSilence() throws IOException, InterruptedException {
        assertOk(shell.set("DARKROOM_SKIP_CHECKS", "cuda, gpu-memory,").check("15-environment"), "DEVICE");
        assertFailed(
                shell.set("DARKROOM_SKIP_CHECKS", "cuda,disc").check("15-environment"),
                15,
                "there is no check 'disc', but these: installation environment files");
        shell.set("DARKROOM_SKIP_CHECKS", null).set("DARKROOM_CHECKS", "yaml");
        assertFailed(shell.check("15-environment"), 15, "DARKROOM_CHECKS: must be json or text, not 'yaml'");
        shell.set("DARKROOM_CHECKS", null).set("RUNPOD_MIN_MEMORY_GB", "2GB");
        assertFailed(shell.check("15-environment"), 15, "RUNPOD_MIN_MEMORY_GB: must be a number, not '2GB'");
    }

    @Test
    void tooFewOpenFilesAreSaidBeforeAnythingElseFails() throws IOException, InterruptedException {
        assertOk(shell.check("16-files"), "open files are allowed");
        Shell.script(folder.resolve("few"), "ulimit -n 128; exec " + Shell.HOME.resolve("startup-checks/16-files"));
        assertFailed(
                shell.run(folder.resolve("few")),
                16,
                "128 open files are allowed, and the worker needs 256 at least: raise the limit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"20-nvidia", "30-cuda", "40-gpu-memory"})
    void theCardIsLookedForWhereItIsWanted(String check) throws IOException, InterruptedException {
        int code = Integer.parseInt(check.substring(0, 2));
        assertSkipped(shell.check(check), "warning: there is no nvidia-smi");
        assertFailed(shell.set("DEVICE", "cuda").check(check), code, "DEVICE=cuda, but there is no nvidia-smi");
        assertSkipped(shell.set("CUDA_VISIBLE_DEVICES", "-1").check(check), "CUDA_VISIBLE_DEVICES=-1 hides");
        shell.set("CUDA_VISIBLE_DEVICES", null);
        assertSkipped(shell.set("RUNPOD_SKIP_GPU_CHECK", "true").check(check), "RUNPOD_SKIP_GPU_CHECK");
        shell.set("RUNPOD_SKIP_GPU_CHECK", null);
        assertSkipped(shell.set("DEVICE", "cpu").check(check), "DEVICE=cpu");
    }

    @Test
    void aCardThatWillDoIsDescribed() throws IOException, InterruptedException {
        shell.set("DEVICE", "cuda").tool("nvidia-smi", CARD.formatted(24_000, "12.9"));

        assertOk(shell.check("20-nvidia"), "NVIDIA Test 4090, driver 570.86, 24564 MiB");
        assertOk(shell.check("30-cuda"), "12.9, at least 12.8 is needed");
        assertOk(shell.check("40-gpu-memory"), "25.2 GB free, models 0.0 GB");
    }

    @Test
    void aDriverThatFailsIsQuoted() throws IOException, InterruptedException {
        shell.tool("nvidia-smi", "echo 'Failed to initialize NVML: Driver/library version mismatch'; exit 18");

        assertSkipped(shell.check("20-nvidia"), "warning: nvidia-smi fails: Failed to initialize NVML");
        assertFailed(shell.set("DEVICE", "cuda").check("20-nvidia"), 20, "Failed to initialize NVML");
        assertSkipped(shell.check("30-cuda"), "does not name a CUDA version");
    }

    @Test
    void aDriverThatComesUpLateIsWaitedFor() throws IOException, InterruptedException {
        Path up = folder.resolve("up");
        shell.set("DEVICE", "cuda")
                .tool("nvidia-smi", "[ -f " + up + " ] && echo 'Card, 1, 2' || { : >" + up + "; exit 9; }");

        assertOk(shell.set("DARKROOM_WAIT", "20").check("20-nvidia"), "Card, driver 1, 2 MiB");
    }

    @Test
    void theFirstCardThatTheWorkerSeesIsAskedAbout() throws IOException, InterruptedException {
        shell.set("CUDA_VISIBLE_DEVICES", "GPU-7,2").tool("nvidia-smi", "echo \"$2, x, 1\"");

        assertOk(shell.check("20-nvidia"), "GPU-7, driver x");
    }

    @Test
    void anOldDriverIsRefused() throws IOException, InterruptedException {
        shell.set("DEVICE", "cuda").tool("nvidia-smi", CARD.formatted(24_000, "11.8"));
        assertFailed(shell.check("30-cuda"), 30, "knows CUDA up to 11.8 and the worker is built for 12.8");

        shell.tool("nvidia-smi", CARD.formatted(24_000, "12.4"));
        assertFailed(
                shell.set("RUNPOD_MIN_CUDA_VERSION", "12.8").check("30-cuda"),
                30,
                "knows CUDA up to 12.4 and the worker is built for 12.8");
        assertOk(shell.set("RUNPOD_MIN_CUDA_VERSION", "12.4").check("30-cuda"), "12.4");
        assertFailed(shell.set("RUNPOD_MIN_CUDA_VERSION", "12.10").check("30-cuda"), 30, "12.10");
        assertSkipped(
                shell.set("RUNPOD_SKIP_AUTO_SYSTEM_CHECKS", "1").check("30-cuda"), "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"12.0", "12.2", "12.4", "12.7"})
    void anotherDriverOfTheSameMajorVersionWillDo(String version) throws IOException, InterruptedException {
        shell.set("DEVICE", "cuda").tool("nvidia-smi", CARD.formatted(24_000, version));

        assertOk(shell.check("30-cuda"), "warning: the driver knows CUDA up to " + version);
        assertOk(shell.tool("nvidia-smi", CARD.formatted(24_000, "13.0")).check("30-cuda"), "13.0, at least 12.8");
    }

    @Test
    void aCardThatIsTakenIsRefusedAndASmallOneIsNot() throws IOException, InterruptedException {
        shell.set("DEVICE", "cuda").tool("nvidia-smi", CARD.formatted(900, "12.8"));
        assertFailed(shell.check("40-gpu-memory"), 40, "only 0.9 GB of the card are free");

        Path large = checkpoint();
        try (var file = new RandomAccessFile(
                large.resolve("vae/diffusion_pytorch_model.safetensors").toFile(), "rw")) {
            file.setLength(23_000_000_000L);
        }
        shell.set("DARKROOM_MODELS", "large=" + large).tool("nvidia-smi", CARD.formatted(24_000, "12.8"));
        assertOk(shell.check("40-gpu-memory"), "warning: 25.2 GB are free, the models have 23.0 GB");
    }

    @Test
    void littleMemoryAndLittleDiskAreRefused() throws IOException, InterruptedException {
        assertFailed(shell.set("RUNPOD_MIN_MEMORY_GB", "1000000.5").check("18-memory"), 18, "asks for 1000000.5");

        shell.tool("df", "echo header; echo /dev/x 1000000000 900000000 100000000 90% /mnt");
        assertOk(shell.check("50-disk"), "102.4 GB free");
        assertFailed(shell.set("RUNPOD_MIN_DISK_PERCENT", "10.5").check("50-disk"), 50, "10 % free");
        shell.tool("df", "echo header; echo /dev/x 1000000000 999990000 10000 99% /mnt");
        assertFailed(shell.check("50-disk"), 50, "0.0 GB free; it must be at least 1.1 GB");

        shell.set("RUNPOD_SKIP_AUTO_SYSTEM_CHECKS", "true");
        assertSkipped(shell.check("18-memory"), "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS");
        assertSkipped(shell.check("50-disk"), "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "DEVICE | tpu | DEVICE: must be cuda, cpu or auto, not 'tpu'",
                "PORT | 70000 | PORT: must be from 0 to 65535",
                "PORT | http | PORT: must be from 0 to 65535",
                "DARKROOM_WAIT | soon | DARKROOM_WAIT: must be seconds",
                "DARKROOM_MODELS | pocket | 'pocket' is not name=source",
                "DARKROOM_MODELS | a=b,=c | '=c' is not name=source",
                "DARKROOM_MODELS | a= | 'a=' is not name=source",
                "BUCKET_ENDPOINT_URL | bucket.example.com | must begin with https://",
                "RUNPOD_WEBHOOK_GET_JOB | http://x/job-take | RUNPOD_WEBHOOK_POST_OUTPUT is not"
            })
    void settingsThatMakeNoSenseAreNamed(String variable, String value, String reason)
            throws IOException, InterruptedException {
        assertFailed(shell.set(variable, value).check("15-environment"), 15, reason);
    }

    @Test
    void settingsThatMakeSensePass() throws IOException, InterruptedException {
        shell.set("DEVICE", "CUDA")
                .set("PORT", "0")
                .set("DARKROOM_WAIT", "60s")
                .set("DARKROOM_MODELS", " a = b , c=d/e@f");
        assertOk(shell.check("15-environment"), "DEVICE=CUDA");
        assertOk(shell.set("DARKROOM_DEVICE", "cpu").check("15-environment"), "DEVICE=cpu");
        for (String time : List.of("1500ms", "5m", "1h", "08")) {
            assertOk(shell.set("DARKROOM_WAIT", time).check("15-environment"), "DEVICE=cpu");
        }
    }

    private Path checkpoint() throws IOException {
        return copy(SHARDED, folder.resolve("my models"));
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.createDirectories(to.resolve(from.relativize(file)).getParent());
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
        return to;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
                "transformer/config.json",
                "vae/diffusion_pytorch_model.safetensors"
            })
    void aFileThatIsMissingEmptyOrLeadsNowhereIsNamed(String file) throws IOException, InterruptedException {
        Path model = checkpoint();
        shell.set(
                "DARKROOM_MODELS",
                "pocket = " + Shell.HOME.resolve("test-payloads/models/pocket-flux") + ", mine = " + model);
        assertOk(shell.check("60-weights"), "2 here");

        Files.write(model.resolve(file), new byte[0]);
        assertFailed(shell.check("60-weights"), 60, "mine: " + model + " lacks " + file.replaceAll("vae/.*", "vae/"));
        Files.delete(model.resolve(file));
        assertFailed(shell.check("60-weights"), 60, "lacks " + file.replaceAll("vae/.*", "vae/"));
        Files.createSymbolicLink(model.resolve(file), Path.of("nowhere"));
        assertFailed(shell.check("60-weights"), 60, "lacks " + file.replaceAll("vae/.*", "vae/"));
    }

    /** Its networks and their shards are others than those of FLUX, and its processor holds a tokenizer too. */
    @ParameterizedTest
    @CsvSource({
        "transformer/diffusion_pytorch_model-00002-of-00002.safetensors, true",
        "text_encoder/model-00003-of-00003.safetensors, true",
        "text_encoder/config.json, true",
        "vae/diffusion_pytorch_model.safetensors, true",
        "processor/tokenizer.json, false",
        "text_encoder/generation_config.json, false"
    })
    void aCheckpointOfQwenImageIsWholeWithAllThatItsNetworksNeed(String file, boolean needed)
            throws IOException, InterruptedException {
        Path model = copy(QWEN, folder.resolve("qwen"));
        shell.set("DARKROOM_MODELS", "edit=" + model);
        assertOk(shell.check("60-weights"), "1 here");

        Files.delete(model.resolve(file));
        if (needed) {
            assertFailed(
                    shell.check("60-weights"), 60, "edit: " + model + " lacks " + file.replaceAll("vae/.*", "vae/"));
        } else {
            assertOk(shell.check("60-weights"), "1 here");
        }
    }

    /** Copies the checkpoint, and makes its files as large as the published ones, with a hole. */
    private Path largeQwen() throws IOException {
        Path model = copy(QWEN, folder.resolve("qwen"));
        Path shard = model.resolve("transformer/diffusion_pytorch_model-00001-of-00002.safetensors");
        try (var file = new RandomAccessFile(shard.toFile(), "rw")) {
            file.setLength(41_000_000_000L);
        }
        return model;
    }

    @Test
    void aCheckpointOfQwenImageIsWeighedAgainstTheCard() throws IOException, InterruptedException {
        Path model = largeQwen();
        shell.set("DARKROOM_MODELS", "edit=" + model)
                .set("DEVICE", "cuda")
                .tool("nvidia-smi", CARD.formatted(140_000, "12.9"));

        assertOk(shell.check("40-gpu-memory"), "146.8 GB free, models 41.0 GB");
        shell.tool("nvidia-smi", CARD.formatted(24_000, "12.9"));
        assertOk(shell.check("40-gpu-memory"), "some networks may compute on the CPU");
        assertOk(shell.set("DARKROOM_QUANTIZATION", "none").check("40-gpu-memory"), "may compute on the CPU");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fp8", "FP8"})
    void whatModelsTakeInFp8IsNotReadFromTheirFiles(String asked) throws IOException, InterruptedException {
        Path model = largeQwen();
        shell.set("DARKROOM_MODELS", "edit=" + model)
                .set("DARKROOM_QUANTIZATION", asked)
                .tool("nvidia-smi", CARD.formatted(40_000, "12.9"));

        Shell.Ended ended = shell.check("40-gpu-memory");

        assertOk(
                ended,
                "41.9 GB free, of which the work takes 6.4 GB; models 41.0 GB as they are stored; on a card that can, fp8 takes less");
        assertThat(ended.err()).doesNotContain("warning", "CPU");
        shell.tool("nvidia-smi", CARD.formatted(900, "12.9"));
        assertSkipped(shell.check("40-gpu-memory"), "the CPU computes");
    }

    @Test
    void weightsFromElsewhereTakeThePlaceOfAComponentsOwn() throws IOException, InterruptedException {
        Path model = checkpoint();
        try (Stream<Path> files = Files.list(model.resolve("transformer"))) {
            for (Path file : files.filter(each -> each.toString().contains("safetensors"))
                    .toList()) {
                Files.delete(file);
            }
        }
        Path gguf = Files.write(folder.resolve("flux1-Q8_0.gguf"), new byte[5_000_000]);
        Path hub = Files.createDirectories(folder.resolve("hub"));
        shell.set("HF_HUB_CACHE", hub.toString());

        assertFailed(shell.set("DARKROOM_MODELS", "mine=" + model).check("60-weights"), 60, "lacks transformer/");
        assertOk(
                shell.set("DARKROOM_MODELS", "mine=%s[transformer=%s]".formatted(model, gguf))
                        .check("60-weights"),
                "1 here, 0.0 GB");
        assertFailed(
                shell.set("DARKROOM_MODELS", "mine=" + model + "[transformer=/no/such.gguf]")
                        .check("60-weights"),
                60,
                "lacks /no/such.gguf");
        assertFailed(
                shell.set("DARKROOM_MODELS", "mine=%s[unet=%s]".formatted(model, gguf))
                        .check("60-weights"),
                60,
                "has no network 'unet', but");
        shell.set("DARKROOM_MODELS", "mine=" + model + "[transformer = studio/gguf/deep/flux1.gguf@v1]");
        assertOk(shell.check("60-weights"), "to be downloaded: studio/gguf/deep/flux1.gguf@v1");
        assertFailed(
                shell.set("HF_HUB_OFFLINE", "1").check("60-weights"),
                60,
                "studio/gguf/deep/flux1.gguf@v1 is not in " + hub);
        Path cache = hub.resolve("models--studio--gguf");
        Files.createDirectories(cache.resolve("refs"));
        Files.writeString(cache.resolve("refs/v1"), COMMIT);
        Files.copy(
                gguf,
                Files.createDirectories(cache.resolve("snapshots/" + COMMIT + "/deep"))
                        .resolve("flux1.gguf"));
        assertOk(shell.check("60-weights"), "1 here");

        Files.copy(gguf, model.resolve("transformer/flux1-Q8_0.gguf"));
        assertOk(shell.set("DARKROOM_MODELS", "mine=" + model).check("60-weights"), "1 here");
    }

    @Test
    void shardsThatAreCutOffAreNoticed() throws IOException, InterruptedException {
        Path model = checkpoint();
        shell.set("DARKROOM_MODELS", "mine=" + model);
        try (var file = new RandomAccessFile(
                model.resolve("transformer/diffusion_pytorch_model-00001-of-00002.safetensors")
                        .toFile(),
                "rw")) {
            file.setLength(1000);
        }

        assertFailed(shell.check("60-weights"), 60, "has shards of transformer that are cut off");
    }

    @Test
    void foldersWithoutAModelAreToldApart() throws IOException, InterruptedException {
        assertFailed(shell.set("DARKROOM_MODELS", "x=/no/such").check("60-weights"), 60, "x: /no/such is no directory");
        assertFailed(shell.set("DARKROOM_MODELS", "x=" + folder).check("60-weights"), 60, "it has no model_index.json");
    }

    @Test
    void aVolumeThatIsMountedLateIsWaitedFor() throws IOException, InterruptedException {
        Path late = folder.resolve("late");
        shell.set("DARKROOM_MODELS", "x=" + late).set("DARKROOM_WAIT", "30");
        mountWhileItWaits(copy(SHARDED, folder.resolve("volume")), late);

        assertOk(shell.check("60-weights"), "1 here");
    }

    @Test
    void aCacheThatIsMountedLateIsWaitedForBeforeAnythingIsDownloaded() throws IOException, InterruptedException {
        Path cache = folder.resolve("cache");
        shell.set("DARKROOM_MODELS", "x=studio/tiny@" + COMMIT)
                .set("HF_HUB_CACHE", cache.toString())
                .set("DARKROOM_WAIT", "1500ms");
        assertOk(shell.check("60-weights"), "0 here, 0.0 GB; to be downloaded: studio/tiny@");

        shell.set("DARKROOM_WAIT", "30");
        Path volume = folder.resolve("volume");
        copy(SHARDED, volume.resolve("models--studio--tiny/snapshots").resolve(COMMIT));
        mountWhileItWaits(volume, cache);

        assertOk(shell.check("60-weights"), "1 here");
    }

    /** A volume that is there after the check has looked for it once: the pause before its next look mounts it. */
    private void mountWhileItWaits(Path volume, Path at) throws IOException {
        Path move = Shell.find("mv").orElseThrow();
        shell.tool("sleep", "'%s' '%s' '%s'".formatted(move, volume, at));
    }

    @Test
    void ourNamesOfSettingsCountBeforeThoseOfOthers() throws IOException, InterruptedException {
        copy(
                SHARDED,
                folder.resolve("home of models/hub/models--studio--tiny/snapshots")
                        .resolve(COMMIT));
        shell.set("DARKROOM_MODELS", "x=studio/tiny@" + COMMIT)
                .set("HF_HOME", "/nowhere")
                .set("HF_HUB_OFFLINE", "")
                .set("DARKROOM_HUB_OFFLINE", "true")
                .set("DARKROOM_HUB_HOME", folder.resolve("home of models").toString());
        assertOk(shell.check("60-weights"), "1 here");
        assertFailed(
                shell.set("DARKROOM_HUB_CACHE", "/nowhere/hub").check("60-weights"),
                60,
                "is not in /nowhere/hub, and HF_HUB_OFFLINE forbids");

        assertFailed(
                shell.set("DARKROOM_WAIT", "5")
                        .set("DARKROOM_HUB_MODELS_WAIT", "soon")
                        .check("15-environment"),
                15,
                "must be seconds");
        shell.set("DARKROOM_HUB_MODELS_WAIT", null).set("DARKROOM_WAIT", null);
        shell.set("BUCKET_ENDPOINT_URL", "http://127.0.0.1:2").set("DARKROOM_S3_ENDPOINT", "http://127.0.0.1:1");
        assertFailed(shell.check("70-storage"), 70, "127.0.0.1:1 does not answer");
    }

    @Test
    void cachesOfHuggingFaceAreReadAndTheRestIsDownloaded() throws IOException, InterruptedException {
        shell.set("DARKROOM_MODELS", "a=studio/tiny,b=studio/tiny@" + COMMIT + ",c=studio/other@v1");
        assertOk(shell.check("60-weights"), "0 here, 0.0 GB; to be downloaded: studio/tiny, studio/tiny@" + COMMIT);
        assertOk(
                shell.check("80-folders"),
                folder.resolve("home/.cache/huggingface/hub").toString());

        Path repository = folder.resolve("cache/models--studio--tiny");
        copy(SHARDED, repository.resolve("snapshots").resolve(COMMIT));
        Files.createDirectories(repository.resolve("refs"));
        Files.writeString(repository.resolve("refs/main"), COMMIT);
        shell.set("HF_HUB_CACHE", folder.resolve("cache").toString());
        assertOk(shell.check("60-weights"), "2 here, 0.0 GB; to be downloaded: studio/other@v1");

        Files.delete(repository.resolve("snapshots").resolve(COMMIT).resolve("vae/config.json"));
        assertOk(shell.check("60-weights"), "0 here, 0.0 GB; to be downloaded: studio/tiny, studio/tiny@");

        shell.set("HF_HUB_OFFLINE", "1");
        assertFailed(shell.check("60-weights"), 60, "lacks vae/config.json");
        shell.set("DARKROOM_MODELS", "c=studio/other@v1");
        assertFailed(shell.check("60-weights"), 60, "HF_HUB_OFFLINE forbids");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void storageThatAnswersAtAllIsReachable(boolean curl) throws IOException, InterruptedException {
        if (curl) {
            assumeTrue(Shell.find("curl").isPresent(), "there is no curl on this machine");
            shell.has("curl");
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(403, -1);
            exchange.close();
        });
        server.start();
        String host = "127.0.0.1:" + server.getAddress().getPort();
        try {
            shell.set("BUCKET_ENDPOINT_URL", "http://user:secret@" + host + "/bucket?x=y");
            Shell.Ended ended = shell.check("70-storage");
            assertOk(ended, host + " answers");
            assertThat(ended.err()).doesNotContain("secret");
        } finally {
            server.stop(0);
        }
        assertFailed(shell.check("70-storage"), 70, host + " does not answer: ");
    }

    @Test
    void foldersThatCannotBeWrittenAreNamed() throws IOException, InterruptedException {
        Path file = Files.createFile(folder.resolve("file"));

        assertFailed(shell.set("TMPDIR", file.toString()).check("80-folders"), 80, file + " cannot be written");
        shell.set("TMPDIR", null).set("HF_HOME", file.toString()).set("DARKROOM_MODELS", "a=org/name");
        assertFailed(shell.check("80-folders"), 80, file + "/hub cannot be written");
        assertOk(
                shell.set("HF_HUB_OFFLINE", "1").check("80-folders"),
                folder.resolve("data").toString());
        try (Stream<Path> left = Files.list(folder.resolve("data"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void checksCanBeSwitchedOff() throws IOException, InterruptedException {
        shell.set("DEVICE", "cuda").set("DARKROOM_SKIP_CHECKS", "disk,nvidia, cuda");

        assertSkipped(shell.check("20-nvidia"), "DARKROOM_SKIP_CHECKS");
        assertSkipped(shell.check("30-cuda"), "DARKROOM_SKIP_CHECKS");
        assertFailed(shell.check("40-gpu-memory"), 40, "nvidia-smi");
    }

    @Test
    void machinesReadJson() throws IOException, InterruptedException {
        shell.set("DARKROOM_CHECKS", "json").set("DEVICE", "cuda");
        shell.tool("nvidia-smi", "printf 'a \"quoted\" \\\\ word\\n\\tand \\001 another line'; exit 1");

        Shell.Ended ended = shell.check("20-nvidia");

        JsonNode line = new ObjectMapper().readTree(ended.err());
        assertThat(ended.exit()).isEqualTo(20);
        assertThat(ended.err().lines()).hasSize(1);
        assertThat(line.path("check").asText()).isEqualTo("nvidia");
        assertThat(line.path("result").asText()).isEqualTo("FAIL");
        assertThat(line.path("ms").isIntegralNumber()).isTrue();
        assertThat(line.path("detail").asText()).endsWith("a \"quoted\" \\ word and another line");
    }

    @Test
    void anInstallationThatIsNotBuiltOrHasNoPlaceForResultsIsRefused() throws IOException, InterruptedException {
        Path home = folder.resolve("installation");
        copy(Shell.HOME.resolve("startup-checks"), home.resolve("startup-checks"));
        Path check = home.resolve("startup-checks/10-installation");
        assertFailed(shell.run(check), 11, "the worker is not built; run 'make build'");

        Files.createDirectories(home.resolve("handler/target/quarkus-app"));
        Files.createFile(home.resolve("handler/target/quarkus-app/quarkus-run.jar"));
        assertOk(shell.run(check), "results go to " + folder.resolve("data"));

        Path file = Files.createFile(folder.resolve("file"));
        assertFailed(
                shell.set("DARKROOM_DATA", file.toString()).run(check), 12, "results cannot be written to " + file);
    }

    @Test
    void aRuntimeWithoutACompilerRunsTheWorkerAndDoesNotBuildIt() throws IOException, InterruptedException {
        Path script = Shell.HOME.resolve("startup-checks/java-home");
        Path java = folder.resolve("a jre");
        Shell.script(java.resolve("bin/java"), "echo 'openjdk version \"25.0.1\"' >&2");
        shell.set("JAVA_HOME", java.toString());
        assertThat(shell.run(script).out()).isEqualTo(java + "\n");

        // a JDK may lie in one of the usual places of this machine; that one is taken then
        Shell.Ended ended = shell.run(script, "jdk");
        assertThat(ended.out()).isNotEqualTo(java + "\n");
        if (ended.exit() != 0) {
            assertThat(ended.exit()).isEqualTo(10);
            assertThat(ended.err()).contains(java + " is a JRE").contains("install a JDK 25");
            assertThat(ended.out()).isEmpty();
        }

        Shell.script(java.resolve("bin/javac"), "");
        assertThat(shell.run(script, "jdk").out()).isEqualTo(java + "\n");
    }

    @Test
    void everyCheckHasAnExitCodeOfItsOwnInTheTable() throws IOException {
        String table = Files.readString(Shell.HOME.resolve("startup-checks/README.md"));
        try (Stream<Path> files = Files.list(Shell.HOME.resolve("startup-checks"))) {
            List<String> checks = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("\\d\\d-.*"))
                    .toList();
            assertThat(checks.stream().map(name -> name.substring(0, 2)))
                    .hasSize(12)
                    .doesNotHaveDuplicates();
            assertThat(checks)
                    .allSatisfy(name -> assertThat(table)
                            .containsPattern("\\| `" + name + "` \\| .* \\| "
                                    + (name.startsWith("10") ? "11, 12" : name.substring(0, 2)) + " \\|"));
        }
    }

    @Test
    void shellcheckFindsNothing() throws IOException, InterruptedException {
        assumeTrue(
                Shell.find("shellcheck").isPresent(),
                "shellcheck is not on the PATH: the scripts were not checked by it");
        Path checks = Shell.HOME.resolve("startup-checks");
        try (Stream<Path> files = Files.list(checks)) {
            List<String> scripts = Stream.concat(
                            files.filter(file -> !file.getFileName().toString().matches("\\..*|.*\\.md")),
                            Stream.of(
                                    Shell.HOME.resolve("entrypoint.sh"),
                                    Shell.HOME.resolve("mvnw"),
                                    Shell.HOME.resolve(".ci/dev-check"),
                                    Shell.HOME.resolve(".ci/run")))
                    .map(Path::toString)
                    .toList();
            Process process = new ProcessBuilder(
                            Stream.concat(Stream.of("shellcheck", "-x", "-P", "SCRIPTDIR"), scripts.stream())
                                    .toList())
                    .redirectErrorStream(true)
                    .start();
            String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(report).isEmpty();
            assertThat(process.waitFor()).isZero();
        }
    }
}
