package freshet.bench;

import java.util.concurrent.atomic.AtomicLong;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * The broadcast server as Spring's documentation has it: a controller that returns a Flux of
 * ServerSentEvent, fed by Sinks.many().multicast().directBestEffort(). What is to be sent comes
 * by POST, one request at a time, so that the sink has one emitter.
 */
@SpringBootApplication
@RestController
public class Webflux {
  private final Sinks.Many<ServerSentEvent<String>> sink =
      Sinks.many().multicast().directBestEffort();
  private final AtomicLong joined = new AtomicLong();
  private final AtomicLong left = new AtomicLong();

  public static void main(String[] args) {
    SpringApplication.run(Webflux.class, args);
  }

  @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  Flux<ServerSentEvent<String>> events() {
    // A comment first: WebFlux keeps the head back until there is something to send.
    return sink.asFlux()
        .startWith(ServerSentEvent.<String>builder().comment("").build())
        .doOnSubscribe(s -> joined.incrementAndGet())
        .doFinally(s -> left.incrementAndGet());
  }

  @PostMapping("/publish")
  void publish(@RequestHeader("Event-Id") String id, @RequestBody String data) {
    sink.tryEmitNext(ServerSentEvent.builder(data).id(id).build());
  }

  /** How many have joined and left, for the program that publishes. */
  @GetMapping("/counts")
  String counts() {
    return joined.get() + " " + left.get();
  }

  /** A collection, before memory is measured. */
  @PostMapping("/gc")
  void gc() {
    System.gc();
  }
}
