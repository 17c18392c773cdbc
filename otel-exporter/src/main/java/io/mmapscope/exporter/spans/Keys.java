package io.mmapscope.exporter.spans;

import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringArrayKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.opentelemetry.api.common.AttributeKey;
import java.util.List;

/** The attributes of spans and span events, which dashboards rely on. Durations are in seconds, sizes in bytes. */
final class Keys {

  static final AttributeKey<String> ADDRESS = stringKey("mmap.address");
  static final AttributeKey<Long> LENGTH = longKey("mmap.length");
  static final AttributeKey<Long> OFFSET = longKey("mmap.offset");
  static final AttributeKey<String> MODE = stringKey("mmap.mode");

  static final AttributeKey<Long> KERNEL_CALLS = longKey("mmap.kernel.calls");
  static final AttributeKey<Double> KERNEL_DURATION = doubleKey("mmap.kernel.duration");
  static final AttributeKey<Long> FAULTS_MINOR = longKey("mmap.faults.minor");
  static final AttributeKey<Long> FAULTS_MAJOR = longKey("mmap.faults.major");
  static final AttributeKey<Double> FAULTS_DURATION = doubleKey("mmap.faults.duration");

  static final AttributeKey<Long> FAULTS = longKey("mmap.faults");
  static final AttributeKey<List<String>> FAULTS_FILES = stringArrayKey("mmap.faults.files");
  static final AttributeKey<String> FAULT_TYPE = stringKey("system.paging.fault.type");
  static final AttributeKey<String> FAULT_MODE = stringKey("mmap.fault.mode");
  static final AttributeKey<String> MEMORY = stringKey("mmap.memory");

  static final AttributeKey<String> ORIGIN_FUNCTION = stringKey("mmap.origin.function.name");
  static final AttributeKey<Long> ORIGIN_LINE = longKey("mmap.origin.line.number");

  static final AttributeKey<Long> REMAP_PGOFF = longKey("mmap.remap.pgoff");
  static final AttributeKey<String> REMAP_CHANGE = stringKey("mmap.remap.change");

  static final AttributeKey<String> FILE_PATH = stringKey("file.path");
  static final AttributeKey<Long> FILE_SIZE = longKey("file.size");
  static final AttributeKey<Long> FILE_SIZE_MAPPED = longKey("mmap.file.size.mapped");

  static final AttributeKey<String> CODE_FUNCTION = stringKey("code.function.name");
  static final AttributeKey<String> CODE_FILE = stringKey("code.file.path");
  static final AttributeKey<Long> CODE_LINE = longKey("code.line.number");
  static final AttributeKey<String> CODE_STACKTRACE = stringKey("code.stacktrace");

  static final AttributeKey<Long> THREAD_ID = longKey("thread.id");
  static final AttributeKey<String> THREAD_NAME = stringKey("thread.name");
  static final AttributeKey<String> ERROR_TYPE = stringKey("error.type");

  static final AttributeKey<String> SYSCALL_ARGS = stringKey("mmap.syscall.args");
  static final AttributeKey<String> SYSCALL_RESULT = stringKey("mmap.syscall.result");
  static final AttributeKey<Double> SYSCALL_DURATION = doubleKey("mmap.syscall.duration");

  private Keys() {}
}
