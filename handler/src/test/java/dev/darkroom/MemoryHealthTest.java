package dev.darkroom;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.memory.Alarm;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a running worker tells of its memory, over HTTP. */
@QuarkusTest
class MemoryHealthTest extends WholeWorker {
    private static final long MEGABYTE = 1L << 20;

    @Test
    void healthHasThePlanTheReadingsAndTheAlarmsBesideRunPodsNumbers() {
        JsonPath health = health();

        assertThat(health.getMap("").keySet()).hasToString("[jobs, workers, memory]");
        assertThat(health.getMap("jobs")).containsKeys("completed", "failed", "inProgress", "inQueue", "retried");
        assertThat(health.getInt("workers.ready")).isEqualTo(1);
        assertThat(health.getInt("memory.evictions")).isZero();
        assertThat(health.getList("memory.alarms")).isNotNull();
        List<Map<String, Object>> models = health.getList("memory.models");
        assertThat(models).extracting(model -> model.get("name")).containsExactly("pocket", "pocket-edit");
        assertThat(health.<Boolean>getList("memory.models.networks.flatten().loaded"))
                .isNotEmpty()
                .containsOnly(true);
        assertThat(health.<String>getList("memory.models.networks.flatten().placement"))
                .allMatch(placement -> placement.endsWith(" on cpu"));
        assertThat(health.<Number>getList("memory.models.networks.flatten().hostBytes"))
                .allMatch(bytes -> bytes.longValue() > 0);
        assertThat(health.getMap("memory")).doesNotContainKey("device");
        assertThat(health.getLong("memory.host.availableBytes"))
                .isBetween(MEGABYTE, health.getLong("memory.host.totalBytes"));
        assertThat(health.getLong("memory.heap.usedBytes")).isBetween(MEGABYTE, health.getLong("memory.heap.maxBytes"));
        assertThat(health.getLong("memory.native.bytes"))
                .isBetween(50 * MEGABYTE, health.getLong("memory.native.mostBytes"));
        assertThat(health.getLong("memory.native.residentBytes"))
                .isBetween(100 * MEGABYTE, health.getLong("memory.native.mostResidentBytes"));
    }

    @Test
    void metricsHaveTheSameNumbers() {
        String metrics =
                given().get("/q/metrics").then().statusCode(200).extract().asString();

        assertThat(metrics)
                .contains(
                        "darkroom_memory_host_available_bytes ",
                        "darkroom_memory_host_total_bytes ",
                        "darkroom_memory_resident_bytes ",
                        "darkroom_memory_native_bytes ",
                        "darkroom_memory_native_most_bytes ",
                        "darkroom_memory_heap_used_bytes ",
                        "darkroom_memory_heap_max_bytes ",
                        "darkroom_memory_heap_collected_bytes ",
                        "darkroom_memory_evictions_total 0.0",
                        "darkroom_memory_weights_device_bytes{model=\"pocket\"} 0.0");
        for (Alarm alarm : Alarm.values()) {
            assertThat(metrics)
                    .contains(
                            "darkroom_memory_alarms_total{memory=\"" + alarm + "\"} ",
                            "darkroom_memory_short{memory=\"" + alarm + "\"} ");
        }
        JsonPath health = health();
        for (String model : List.of("pocket", "pocket-edit")) {
            long bytes =
                    health
                            .<Number>getList("memory.models.find { it.name == '" + model + "' }.networks.hostBytes")
                            .stream()
                            .mapToLong(Number::longValue)
                            .sum();
            assertThat(metrics.lines()
                            .filter(line ->
                                    line.startsWith("darkroom_memory_weights_host_bytes{model=\"" + model + "\"} "))
                            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))))
                    .containsExactly((double) bytes);
        }
        assertThat(metrics).doesNotContain("darkroom_memory_plan_");
    }

    /** The page says what each is called. */
    @Test
    void everyMetricIsInTheManual() throws Exception {
        String page = Files.readString(Path.of(System.getProperty("darkroom.home"), "docs/api.md"));

        assertThat(given().get("/q/metrics")
                        .asString()
                        .lines()
                        .filter(line -> line.startsWith("# HELP darkroom_"))
                        .map(line -> line.replaceFirst("# HELP (\\w+) .*", "$1"))
                        .map(name -> name.replaceFirst("_(max|total)$", "")))
                .hasSizeGreaterThan(15)
                .allSatisfy(name -> assertThat(page).contains("`" + name));
    }

    private static JsonPath health() {
        return given().get("/health").then().statusCode(200).extract().jsonPath();
    }
}
