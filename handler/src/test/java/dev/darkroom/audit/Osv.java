package dev.darkroom.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Asks a database of known vulnerabilities about libraries.
 *
 * <p>Source: the API of OSV, {@code POST /v1/querybatch}.
 */
record Osv(URI database) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MOST_AT_ONCE = 500;

    /**
     * Looks libraries up.
     *
     * @return purl → identifiers of its vulnerabilities, for those that have any
     * @throws IOException if the database cannot be reached or gives no answer to be understood
     */
    Map<String, TreeSet<String>> vulnerabilities(List<String> purls) throws IOException, InterruptedException {
        Map<String, TreeSet<String>> found = new TreeMap<>();
        try (var client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            for (int start = 0; start < purls.size(); start += MOST_AT_ONCE) {
                ask(client, purls.subList(start, Math.min(purls.size(), start + MOST_AT_ONCE)), found);
            }
        }
        return found;
    }

    private void ask(HttpClient client, List<String> purls, Map<String, TreeSet<String>> found)
            throws IOException, InterruptedException {
        ObjectNode question = JSON.createObjectNode();
        ArrayNode queries = question.putArray("queries");
        purls.forEach(purl -> queries.addObject().putObject("package").put("purl", purl));
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(database.resolve("/v1/querybatch"))
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(question.toString()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        JsonNode results =
                response.statusCode() == 200 ? JSON.readTree(response.body()).path("results") : JSON.missingNode();
        if (results.size() != purls.size()) {
            throw new IOException(
                    database + " answered " + response.statusCode() + " without a result for each library");
        }
        for (int i = 0; i < purls.size(); i++) {
            for (JsonNode vulnerability : results.get(i).path("vulns")) {
                found.computeIfAbsent(purls.get(i), purl -> new TreeSet<>())
                        .add(vulnerability.path("id").asText());
            }
        }
    }
}
