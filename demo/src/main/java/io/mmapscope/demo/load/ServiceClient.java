package io.mmapscope.demo.load;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** The service's HTTP interface as a client sees it. Safe for any thread. */
final class ServiceClient {

  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI base;

  ServiceClient(URI base) {
    this.base = base;
  }

  /**
   * @param pathAndQuery below the service's address
   * @return the reply's fields
   * @throws IOException where there is no answer, or another status than 200
   */
  Map<String, Object> get(String pathAndQuery) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(base.resolve(pathAndQuery)).GET());
  }

  /** As {@link #get}, with a body. */
  Map<String, Object> post(String pathAndQuery, String body) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(base.resolve(pathAndQuery)).POST(BodyPublishers.ofString(body)));
  }

  private Map<String, Object> send(HttpRequest.Builder builder) throws IOException, InterruptedException {
    HttpRequest request = builder.timeout(Duration.ofSeconds(60)).build();
    HttpResponse<String> response;
    try {
      response = http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      // most of these have no message that says anything, some none at all
      throw new IOException(request.method() + " " + request.uri() + ": no answer (" + e + ")", e);
    }
    if (response.statusCode() != 200) {
      throw new IOException(
          request.method() + " " + request.uri() + ": " + response.statusCode() + " " + response.body());
    }
    return JSON.std.mapFrom(response.body());
  }
}
